using Preceptor.Models;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>The policy over legal steps: what it gives in one pass over texts that branch is what each step gets by itself.</summary>
public sealed class StepPolicyTests
{
    [Theory]
    [InlineData(PositionKind.Rotary, 0)]
    [InlineData(PositionKind.Learned, 0)]
    [InlineData(PositionKind.Relative, 0)]
    [InlineData(PositionKind.Rotary, 8)]
    public void One_pass_gives_what_reading_each_step_by_itself_does(PositionKind positions, int chunk)
    {
        var problem = Forks.Problem();
        torch.manual_seed(2);
        var tokenizer = new WordTokenizer(["\n", "=", ",", "on", "in", "left", "holding", "a", "b", "c", "pick-up", "put-down", "stack", "unstack", "4"], unknown: true);
        using var network = new LanguageNetwork(new() { Layers = 2, Width = 32, Heads = 2, Length = 96, InitialDeviation = 0.3, Positions = positions, Chunk = chunk, ChunkOverlap = chunk / 2 }, tokenizer.Size);
        network.eval();
        var model = new LanguageModel(tokenizer, network, [1], new([], 0, 0, 0), 1) { Form = problem.Policy.Form };
        var (policy, checker) = (new StepPolicy(model), new BlocksChecker());
        string[] questions = ["a b , c = b on c in 4", "a , b c = a on c in 4"];
        int[][] prompts = [.. questions.Select(q => model.Form.Encode(tokenizer, q))];
        var drawn = policy.Draw(prompts, [.. questions.Select(q => new Trajectory(checker.Begin(q)!))], 5, new(1, 90, 3), default);
        Assert.Equal(BranchedTexts.Fit(network.Options), positions is PositionKind.Rotary or PositionKind.Learned && chunk == 0);
        Assert.All(drawn.SelectMany(of => of), t => Assert.True(!t.IsOpen && t.Length is >= 2 and <= 4));
        using var scope = torch.NewDisposeScope();
        Trajectory[] all = [.. drawn.SelectMany(of => of)];
        int[][] asked = [.. drawn.SelectMany((of, q) => of.Select(_ => prompts[q]))];
        var found = policy.LogProbabilities(asked, all).data<float>().ToArray();
        for (var n = 0; n < all.Length; n++)
        {
            var expected = 0.0;
            for (var at = 0; at < all[n].Length; at++)
            {
                // A sequence a step, without a tree.
                var before = (int[])[.. asked[n], .. all[n].TokensOf(at)];
                double[] scores = [.. model.LogProbabilities(Preceptor.Data.TokenSequences.Of([.. all[n].States[at].Steps.Select(s => (before, policy.TokensOf(s)))])).Select(l => l.Sum())];
                expected += scores[all[n].Choices[at]] - Math.Log(scores.Sum(Math.Exp));
            }
            Assert.Equal(expected, found[n], 2e-4);
        }
        Assert.All(all, t => Assert.Equal(t.Length, policy.OfText([asked[Array.IndexOf(all, t)]], [t], default)[0].Length));
    }
}
