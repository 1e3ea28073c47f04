namespace Kiln.Kernels;

/// <summary>The kernels of optimizers on a device: each is a method of Kiln.Gpu.Kernels.OptimizerKernels with this name.</summary>
internal enum UpdateKernel
{
    Sgd,
    Momentum,
    Nesterov,
    AdaGrad,
    AdaDelta,

    // Without momentum, with it, with Nesterov's.
    RmsProp,
    RmsPropMomentum,
    RmsPropNesterov,
    RmsPropCentred,
    RmsPropCentredMomentum,
    RmsPropCentredNesterov,
    Adam,
    AdamW,
    AmsGrad,
    NAdam,
    Adamax,
    Rprop,
    Lion,
    Accumulate,
    Average,
    Noise,
    LimitNorms,
    Norm,
    Finite,
}
