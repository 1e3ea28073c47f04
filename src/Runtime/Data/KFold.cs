namespace Kiln.Data;

/// <summary>One part of the rows to validate by, the others to train on.</summary>
/// <param name="Training">Rows to train on, ascending.</param>
/// <param name="Validation">Rows to validate by, ascending.</param>
public sealed record KFold(int[] Training, int[] Validation)
{
    /// <summary>
    /// Cuts rows into parts of sizes that differ by 1 at most, each of which validates once (cross-validation; Stone 1974). With labels every class is spread evenly over the
    /// parts. The parts are a pure function of the arguments.
    /// </summary>
    /// <param name="count">Rows.</param>
    /// <param name="folds">Parts, from 2 to the rows.</param>
    /// <param name="seed">Chooses the parts.</param>
    /// <param name="labels">The class of each row; empty for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 parts, or more than rows.</exception>
    /// <exception cref="ArgumentException">There are not as many labels as rows.</exception>
    public static IReadOnlyList<KFold> Split(int count, int folds, Seed seed = default, ReadOnlySpan<int> labels = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, count);
        if (!labels.IsEmpty && labels.Length != count) throw new ArgumentException($"KFold: expected {English.Count(count, "label")}, one for each row, but {English.There(labels.Length)}.", nameof(labels));
        var order = new BatchSampler(count, count, seed)[0].ToArray();
        // Rows of a class one after the other are dealt out in turn.
        if (!labels.IsEmpty)
        {
            var classes = labels.ToArray();
            order = [.. order.OrderBy(row => classes[row])];
        }
        var foldOf = new int[count];
        for (var i = 0; i < count; i++) foldOf[order[i]] = i % folds;
        return
        [
            .. Enumerable.Range(0, folds).Select(fold => new KFold(
                [.. Enumerable.Range(0, count).Where(row => foldOf[row] != fold)],
                [.. Enumerable.Range(0, count).Where(row => foldOf[row] == fold)])),
        ];
    }

    /// <summary>Some rows of an array, side by side.</summary>
    /// <typeparam name="T">float, int or byte.</typeparam>
    /// <param name="data">All rows.</param>
    /// <param name="rows">Which rows, in the order wanted.</param>
    /// <param name="perRow">Elements of a row, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row is outside the data.</exception>
    public static T[] Rows<T>(ReadOnlySpan<T> data, ReadOnlySpan<int> rows, int perRow = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perRow, 1);
        var all = data.Length / perRow;
        foreach (var row in rows)
            if ((uint)row >= (uint)all) throw new ArgumentOutOfRangeException(nameof(rows), row, $"KFold: expected rows from 0 to {all - 1}, but {row} came.");
        var some = new T[rows.Length * perRow];
        Kiln.Training.Gather.Rows(data, perRow, rows, some);
        return some;
    }
}
