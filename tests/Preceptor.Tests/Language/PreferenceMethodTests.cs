using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Tests.Language;

/// <summary>Methods that learn from better and worse answers, or from what a check says of them.</summary>
public sealed class PreferenceMethodTests
{
    private static readonly LanguageModelOptions Small = new() { Layers = 1, Width = 32, Heads = 4, Length = 24, InitialDeviation = 0.1 };

    /// <summary>Letters that are answered by a digit, at random even or odd: what a check prefers is the even ones.</summary>
    private static LanguageProblem Digits(int epochs = 20, bool hasPairs = false)
    {
        var random = RandomStream.Of(1, "digits");
        TextRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => new TextRow($"{"abcdefgh"[random.Next(8)]}{"abcdefgh"[random.Next(8)]}=", $"{random.Next(10)}") { Chosen = $"{2 * random.Next(5)}", Rejected = $"{2 * random.Next(5) + 1}" })];
        var (train, validation) = (Rows(160), Rows(40));
        var tokenizer = new LanguageTexts(train, validation, []).Learn(TokenKind.Character);
        TokenSequences Encode(TextRow[] rows) => LanguageTexts.Encode(rows, tokenizer, new(), 24).Sequences;
        return new("digits", tokenizer, Encode(train), Encode(validation))
        {
            Model = Small,
            Training = new() { Epochs = epochs, Batch = 32, Rate = 0.005 },
            Preferences = hasPairs ? LanguageTexts.EncodePairs(train, tokenizer, new(), 24).Pairs : null,
            ValidationPreferences = hasPairs ? LanguageTexts.EncodePairs(validation, tokenizer, new(), 24).Pairs : null,
        };
    }

    private static double Even(LanguageModel model, LanguageProblem problem)
    {
        var made = model.Generate([.. Enumerable.Range(0, problem.Validation.Count).Select(i => problem.Validation.PromptOf(i).ToArray())], new() { MaxTokens = 3, Samples = 8, Temperature = 1 });
        return made.SelectMany(m => m).Average(a => problem.Tokenizer.Decode([.. a.Tokens]) is [var digit] && char.IsDigit(digit) && (digit - '0') % 2 == 0 ? 1.0 : 0);
    }

    private static LanguageModel Fit(IFit<LanguageProblem, LanguageModel> method, LanguageProblem problem)
    {
        using var run = new Run(new RunSettings());
        return method.Fit(problem, run);
    }

    [Fact]
    public void Preferences_move_answers_and_without_a_rate_nothing_moves()
    {
        var problem = Digits(hasPairs: true);
        using var before = Fit(new SupervisedFineTuning(new()), problem);
        using var after = Fit(new DirectPreference(new() { Epochs = 6, Rate = 0.005 }), problem);
        using var still = Fit(new DirectPreference(new() { Rate = 1e-12 }), problem);
        Assert.InRange(Even(before, problem), 0.35, 0.65);
        Assert.True(Even(after, problem) > 0.85, $"{Even(after, problem)} of the answers are even");
        // At the reference the margin is 0 whatever the pairs are.
        Assert.Equal(Math.Log(2), still.Training.Epochs[0].Loss, 1e-4);
        Assert.Equal(SupervisedFineTuningTests.Answers(before, problem)[0], SupervisedFineTuningTests.Answers(still, problem)[0], 1e-5);
        Assert.InRange(after.Training.Epochs[0].Loss, 0.4, 0.69);
    }

    [Fact]
    public void Merged_steps_move_answers_as_well_and_alpha_pulls_on_along_the_fine_tuning()
    {
        var problem = Digits(hasPairs: true);
        using var merged = Fit(new OnlineMergedPreference(new() { Epochs = 6, Rate = 0.005, Kept = 0.5 }), problem);
        Assert.True(Even(merged, problem) > 0.75, $"{Even(merged, problem)} of the answers are even");
        float[] Weights(double alpha)
        {
            using var model = Fit(new OnlineMergedPreference(new() { Rate = 1e-12, Alpha = alpha, Kept = 1 }), problem);
            using var scope = torch.NewDisposeScope();
            return model.Network.state_dict()["model.layers.0.mlp.up_proj.weight"].data<float>().ToArray();
        }
        using var begun = new Run(new RunSettings());
        using var start = begun.Begin(problem).Network;
        using var reference = Fit(new SupervisedFineTuning(new()), problem);
        using var scope = torch.NewDisposeScope();
        var (from, at, on) = (start.state_dict()["model.layers.0.mlp.up_proj.weight"].data<float>().ToArray(), reference.Network.state_dict()["model.layers.0.mlp.up_proj.weight"].data<float>().ToArray(), Weights(0.01));
        // 160 prompts are ten steps of sixteen pairs, each a hundredth of the difference further.
        for (var i = 0; i < at.Length; i++) Assert.Equal(at[i] + 10 * 0.01 * (at[i] - from[i]), on[i], 1e-4);
        var unmerged = Weights(0);
        for (var i = 0; i < at.Length; i++) Assert.Equal(at[i], unmerged[i], 1e-7);
    }

    [Fact]
    public void A_reward_model_tells_better_from_worse_is_kept_and_rewards()
    {
        var problem = Digits(hasPairs: true);
        using var model = Fit(new RewardModelling(new() { Epochs = 4 }), problem);
        var rewards = model.Rewards(problem.ValidationPreferences!.Both);
        var half = rewards.Length / 2;
        Assert.True(rewards[..half].Zip(rewards[half..], (c, r) => c > r ? 1.0 : 0).Average() > 0.9);
        Assert.Equal(rewards[..half].Zip(rewards[half..], (c, r) => c > r ? 1.0 : 0).Average(), model.Training.Epochs[^1].ValidationAccuracy);
        var folder = Directory.CreateTempSubdirectory("preceptor-reward-").FullName;
        try
        {
            model.Save(folder);
            using (var again = LanguageModel.Load(folder)) Assert.Equal(rewards, again.Rewards(problem.ValidationPreferences.Both));
            using var rewarded = Fit(new GroupRelativePolicy(new() { RewardModel = folder, Rate = 0.003, Epochs = 2, Divergence = 0.01 }), problem);
            Assert.True(Even(rewarded, problem) > 0.75, $"{Even(rewarded, problem)} of the answers are even");
            var fault = Assert.Throws<RequestException>(() => Fit(new GroupRelativePolicy(new() { RewardModel = "absent" }), problem));
            Assert.Contains("method.reward-model: absent has no model", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Two letters, of which the first is to be answered; four of ten responses to learn from are any letter.</summary>
    private static LanguageProblem Letters(int epochs = 15)
    {
        var random = RandomStream.Of(1, "letters");
        char Letter() => "abcdefgh"[random.Next(8)];
        TextRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => (First: Letter(), Second: Letter())).Select(l => new TextRow($"{l.First}{l.Second}=", $"{(random.NextDouble() < 0.4 ? Letter() : l.First)}") { Wanted = $"{l.First}" })];
        var (train, validation) = (Rows(160), Rows(40));
        var tokenizer = new LanguageTexts(train, validation, []).Learn(TokenKind.Character);
        TokenSequences Encode(TextRow[] rows) => LanguageTexts.Encode(rows, tokenizer, new(), 24).Sequences;
        return new("letters", tokenizer, Encode(train), Encode(validation)) { Model = Small, Training = new() { Epochs = epochs, Batch = 32, Rate = 0.005 }, Check = new(CheckRule.Exact, [.. train.Select(r => r.Wanted!)]) };
    }

    private static double Right(LanguageModel model, LanguageProblem problem)
    {
        var made = model.Generate([.. Enumerable.Range(0, problem.Train.Count).Select(i => problem.Train.PromptOf(i).ToArray())], new() { MaxTokens = 4, Samples = 4, Temperature = 1 });
        return made.SelectMany((m, i) => m.Select(a => problem.Check!.Reward(i, problem.Tokenizer.Decode([.. a.Tokens])))).Average();
    }

    [Theory]
    [InlineData(GroupRelativePolicy.PromptOrder.Variance)]
    [InlineData(GroupRelativePolicy.PromptOrder.Random)]
    public void Outcomes_alone_make_right_answers_likelier(GroupRelativePolicy.PromptOrder order)
    {
        var problem = Letters();
        using var before = Fit(new SupervisedFineTuning(new()), problem);
        using var after = Fit(new GroupRelativePolicy(new() { Rate = 0.002, Order = order }), problem);
        var (was, now) = (Right(before, problem), Right(after, problem));
        Assert.True(was is > 0.35 and < 0.75 && now > was + 0.15, $"{was} {now}");
    }

    [Fact]
    public void A_check_makes_the_pairs_where_none_are_offered()
    {
        var problem = Letters();
        using var run = new Run(new RunSettings());
        using var reference = run.Reference(problem);
        var pairs = VerifiedPairs.Make(problem, run, reference, 8, 1);
        Assert.InRange(pairs.Count, 60, 160);
        for (var i = 0; i < pairs.Count; i++)
        {
            var wanted = problem.Tokenizer.Decode(pairs.Both.PromptOf(i))[..1];
            Assert.Equal((1, 0), (problem.Check!.Reward(wanted, problem.Tokenizer.Decode(pairs.Both.AnswerOf(i))), problem.Check.Reward(wanted, problem.Tokenizer.Decode(pairs.Both.AnswerOf(pairs.Count + i)))));
        }
        using var preferring = Fit(new DirectPreference(new() { Epochs = 4, Rate = 0.003 }), problem);
        Assert.True(Right(preferring, problem) > Right(reference, problem) + 0.1, $"{Right(reference, problem)} {Right(preferring, problem)}");
        var hopeless = problem with { Check = new(CheckRule.Exact, [.. problem.Check!.Wanted.Select(_ => "z")]) };
        Assert.Contains("so that no pair can be made", Assert.Throws<WorkException>(() => Fit(new DirectPreference(new() { Samples = 2 }), hopeless)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adapters_learn_beside_weights_that_stay_and_are_merged()
    {
        var problem = Digits(hasPairs: true);
        using var run = new Run(new RunSettings());
        using var reference = run.Reference(problem);
        using var adapted = reference.Network.Copy(4, 8);
        Assert.All(adapted.named_parameters(), p => Assert.Equal(p.name.Contains("lora", StringComparison.Ordinal), p.parameter.requires_grad));
        using var same = adapted.Copy();
        var (before, after) = (reference.Network.Weights(), same.Weights());
        Assert.All(before, w => Assert.Equal(w.Value, after[w.Key]));
        using var model = Fit(new DirectPreference(new() { Epochs = 6, Rate = 0.01 }), problem with { Model = Small with { AdapterRank = 4 } });
        double Prefers(LanguageModel of)
        {
            double[] logs = [.. of.LogProbabilities(problem.ValidationPreferences!.Both).Select(l => l.Sum())];
            return logs[..(logs.Length / 2)].Zip(logs[(logs.Length / 2)..], (c, r) => c > r ? 1.0 : 0).Average();
        }
        Assert.True(Prefers(model) > 0.9 && Prefers(reference) < 0.7, $"{Prefers(reference)} {Prefers(model)}");
        Assert.Equal(0, model.Network.Options.AdapterRank);
        var learned = model.Network.Weights();
        Assert.Equal(before["model.embed_tokens.weight"], learned["model.embed_tokens.weight"]);
        Assert.Equal(before["model.norm.weight"], learned["model.norm.weight"]);
        // What was added is of rank 4.
        using var scope = torch.NewDisposeScope();
        var name = "model.layers.0.mlp.up_proj.weight";
        var difference = torch.tensor(learned[name]) - torch.tensor(before[name]);
        var values = torch.linalg.svdvals(difference.view(-1, 32)).data<float>().ToArray();
        Assert.True(values[3] > 1e-4 && values[4] < 1e-4 * values[0], string.Join(' ', values.Take(6)));
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = SupervisedFineTuningTests.Sums(examples: 100, epochs: 2);
        var method = new GroupRelativePolicy(new() { Group = 2, Epochs = 2, Rate = 0.002 });
        var tensors = LiveTensors.Count();
        double[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var model = method.Fit(problem, run)) unbroken = SupervisedFineTuningTests.Answers(model, problem);
        Assert.True(tensors.Count > 40 && tensors[^1] <= tensors[^10], $"{tensors[^1] - tensors[^10]} more tensors after 9 steps");
        Interruptions.Outlast(29, run =>
        {
            using var model = run.Stage("grpo", problem.Describe(), () => method.Fit(problem, run));
            Assert.Equal(unbroken, SupervisedFineTuningTests.Answers(model, problem));
        });
    }

    [Theory]
    [InlineData(CheckRule.Exact, "42", " 42 ", 1)]
    [InlineData(CheckRule.Exact, "42", "042", 0)]
    [InlineData(CheckRule.Number, "so it is #### 1,234", "1234", 1)]
    [InlineData(CheckRule.Number, "7", "3 + 4 = 7.0 of them", 1)]
    [InlineData(CheckRule.Number, "7", "no idea", 0)]
    [InlineData(CheckRule.Number, "-7", "7", 0)]
    [InlineData(CheckRule.Number, "7", "99999999999999999999999999999999999999999", 0)]
    public void A_check_reads_answers(CheckRule rule, string wanted, string answer, double reward) => Assert.Equal(reward, new OutcomeCheck(rule, [wanted]).Reward(0, answer));
}
