using Preceptor.Foundation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// Predicts the noise in an action, given the state and the time: learned Fourier features of the time through a small perceptron, then residual blocks of layer norm, four times the width, and Mish
/// (Hansen-Estruch et al. 2023, as Zheng et al. 2024 use it).
/// </summary>
[Version(1)]
public sealed class NoiseNetwork : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private const int TimeFeatures = 64, TimeWidth = 128;

    private readonly Parameter frequencies;
    private readonly Linear timeHidden, timeOutput, input, output;
    private readonly ModuleList<Block> blocks = [];

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="state">Numbers a state.</param>
    /// <param name="action">Numbers an action.</param>
    /// <param name="width">Width of the blocks.</param>
    /// <param name="layers">Blocks.</param>
    /// <param name="dropout">Share of a block's inputs that is set to 0 in training.</param>
    public NoiseNetwork(int state, int action, int width, int layers, double dropout) : base(nameof(NoiseNetwork))
    {
        frequencies = nn.Parameter(randn(TimeFeatures / 2) * 0.2);
        timeHidden = nn.Linear(TimeFeatures, TimeWidth);
        timeOutput = nn.Linear(TimeWidth, TimeWidth);
        input = nn.Linear(action + state + TimeWidth, width);
        for (var i = 0; i < layers; i++) blocks.Add(new(width, dropout));
        output = nn.Linear(width, action);
        register_parameter("frequencies", frequencies);
        register_module("time-hidden", timeHidden);
        register_module("time-output", timeOutput);
        register_module("input", input);
        register_module("blocks", blocks);
        register_module("output", output);
    }

    /// <summary>The noise [B, A].</summary>
    /// <param name="states">States [B, S].</param>
    /// <param name="noisy">Noisy actions [B, A].</param>
    /// <param name="times">The times of the diffusion, from 0 [B, 1].</param>
    public override Tensor forward(Tensor states, Tensor noisy, Tensor times)
    {
        var angles = times * frequencies * (2 * Math.PI);
        var time = timeOutput.forward(nn.functional.mish(timeHidden.forward(cat([angles.cos(), angles.sin()], 1))));
        var x = input.forward(cat([noisy, states, time], 1));
        foreach (var block in blocks) x = block.forward(x);
        return output.forward(nn.functional.mish(x));
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly LayerNorm norm;
        private readonly Linear up, down;
        private readonly double dropout;

        public Block(int width, double dropout) : base(nameof(Block))
        {
            this.dropout = dropout;
            norm = nn.LayerNorm(width);
            up = nn.Linear(width, 4 * width);
            down = nn.Linear(4 * width, width);
            register_module("norm", norm);
            register_module("up", up);
            register_module("down", down);
        }

        public override Tensor forward(Tensor x)
        {
            // What a block needs is given back at once: freed all together, glibc finds no use for it again, and memory grows without end.
            using var scope = NewDisposeScope();
            var seen = dropout > 0 ? nn.functional.dropout(x, dropout, training) : x;
            return (x + down.forward(nn.functional.mish(up.forward(norm.forward(seen))))).MoveToOuterDisposeScope();
        }
    }
}
