using Kiln.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

/// <summary>
/// Where parameters are made: an owner, a helper call within it, a layer. Its path becomes the front of their names, and is
/// decided late, when the first parameter asks for it: helpers and layers without parameters take no number.
/// </summary>
internal sealed class Place
{
    private readonly string _part;
    private readonly HashSet<string> _taken = [];
    private Place? _parent;
    private string _word;
    private bool _numbered;
    private bool _isRenamed;
    private string? _path;
    private Place? _origin;

    private Place(Place? parent, string word, bool numbered, string part) => (_parent, _word, _numbered, _part) = (parent, word, numbered, part);

    /// <param name="part">The name by which [Learn] can name it; "" for a program's own.</param>
    /// <param name="program">The program whose own place this is, if it is one.</param>
    public static Place Root(string word, string part, string? program = null, bool learns = false) =>
        new(null, word, false, part) { Program = program, Learns = learns };

    public static Place Field(string name) => new(null, "", false, name) { IsField = true };

    /// <summary>The next of its kind within this one: dense1, dense2, …</summary>
    public Place Numbered(string word) => new(this, word, true, "");

    /// <summary>The one of that name within this one.</summary>
    public Place Named(string name) => new(this, name, false, "");

    /// <summary>The call of a helper method.</summary>
    public Place Call(IMethodSymbol helper, Location call) => new(this, Words.Camel(helper.Name), true, "") { Helper = helper, CallSite = call };

    /// <summary>The same place entered anew: reaching an owner again counts from the start, and so finds the same parameters.</summary>
    public Place Again() => new(_parent, _word, _numbered, _part) { _path = Path, _origin = Origin, IsField = IsField, Program = Program, Learns = Learns, Helper = Helper, CallSite = CallSite };

    public IMethodSymbol? Helper { get; private init; }
    public Location? CallSite { get; private init; }
    public string? Program { get; private init; }
    public bool Learns { get; private init; }

    /// <summary>The place of a static field: what settles there is one object for all programs.</summary>
    public bool IsField { get; private init; }

    /// <summary>The nearest object around it that a field or layer holds.</summary>
    public Place? Origin => _origin ?? (IsSettled ? this : _parent?.Origin);

    public Place? Parent => _parent;
    public Place Owner => _parent?.Owner ?? this;
    public string Part => Owner._part;

    /// <summary>Whether a field or another layer has taken it in.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>True where the last word was chosen by the user (a field, a Name) and not counted.</summary>
    public bool IsNamed => !_numbered;

    public string Path => _path ??= Join(_parent?.Path ?? "", _numbered ? _parent!.Take(_word) : _word);

    /// <summary>Moves it to where the user keeps it: the first field or layer that holds it. A name of its own stays.</summary>
    public void Settle(Place parent, string word)
    {
        IsSettled = true;
        if (_path is null) (_parent, _word, _numbered) = (parent, _isRenamed ? _word : word, false);
    }

    /// <summary>The user's own name in place of the word; a field or layer that holds it keeps it.</summary>
    public void Rename(string name)
    {
        if (_path is null) (_word, _numbered, _isRenamed) = (name, false, true);
    }

    /// <summary>The name of the variable it was made for, until a field or layer holds it.</summary>
    public void Suggest(string name)
    {
        if (_path is null) (_word, _numbered) = (name, false);
    }

    /// <summary>Marks a name as used within this place, once.</summary>
    public void Claim(string name, Location where)
    {
        if (!_taken.Add(name)) throw new NetworkException(Descriptors.DuplicateName, where, Join(Path, name));
    }

    /// <summary>A variable's name, or its next free variant: gain, gain2, …</summary>
    public string Vary(string name)
    {
        var varied = name;
        for (var number = 2; !_taken.Add(varied); number++) varied = name + number;
        return varied;
    }

    private string Take(string word)
    {
        var number = 1;
        while (!_taken.Add(word + number)) number++;
        return word + number;
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
}

/// <summary>How C# names become words of paths.</summary>
internal static class Words
{
    /// <summary>Generator, _generator → generator; W1 → w1.</summary>
    public static string Camel(string name)
    {
        name = name.TrimStart('_');
        return name.Length == 0 ? "_" : char.ToLowerInvariant(name[0]) + name.Substring(1);
    }

    /// <summary>A layer's word: Conv2D → conv, MaxoutLayer → maxout.</summary>
    public static string Layer(string type)
    {
        foreach (var ending in new[] { "1D", "2D", "3D", "Layer", "Attribute" })
            if (type.Length > ending.Length && type.EndsWith(ending, StringComparison.Ordinal)) type = type.Substring(0, type.Length - ending.Length);
        return Camel(type);
    }
}
