using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;
using Preceptor.Supervision;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Tests.Language;

/// <summary>How texts are divided, what a check may get wrong, and what the exam says of answers.</summary>
public sealed class LanguageDataTests
{
    private static readonly Table Numbered = new("numbers.csv", [new TextColumn("q", [.. Enumerable.Range(0, 50).Select(i => $"{i}")]), new TextColumn("a", [.. Enumerable.Range(0, 50).Select(i => $"{i + 1}")])]);

    [Fact]
    public void Few_rows_train_and_few_test_where_few_are_asked_for()
    {
        LanguageTexts Read(int rows, int test, ulong seed, bool isGiven) => new LanguageData { Data = "d", Prompt = "q", Response = "a", Rows = rows, TestRows = test, SplitSeed = seed }.Read(null, (_, _, _, _) => (Numbered, isGiven ? Numbered : null));
        Assert.Equal((40, 5, 5), Sizes(Read(0, 0, 1, false)));
        Assert.Equal((45, 5, 50), Sizes(Read(0, 0, 1, true)));
        Assert.Equal((8, 3, 3), Sizes(Read(8, 3, 1, false)));
        Assert.Equal((8, 3, 3), Sizes(Read(8, 3, 1, true)));
        Assert.NotEqual(Read(8, 3, 1, true).Train, Read(8, 3, 2, true).Train);
        Assert.NotEqual(Read(8, 3, 1, true).Test, Read(8, 3, 2, true).Test);
        var all = Read(8, 3, 1, false);
        Assert.Equal(14, all.Train.Concat(all.Validation).Concat(all.Test).Distinct().Count());
        Assert.All(all.Train, r => Assert.Contains(r, Read(0, 0, 1, false).Train));
    }

    [Fact]
    public void A_check_may_know_another_sums_value_and_changes_nothing_else()
    {
        var (right, _) = SumsProblem.Draw(new() { Examples = 300, Largest = 30, Wrong = 0.3 }, 3);
        var (misled, _) = SumsProblem.Draw(new() { Examples = 300, Largest = 30, Wrong = 0.3, WrongCheck = 1 }, 3);
        Assert.Equal(right.Train.Select(r => (r.Prompt, r.Response)), misled.Train.Select(r => (r.Prompt, r.Response)));
        Assert.Equal(right.Test, misled.Test);
        string Sum(TextRow row) => $"{row.Prompt.TrimEnd('=').Split('+').Sum(int.Parse)}";
        Assert.All(right.Train, r => Assert.Equal(Sum(r), r.Wanted ?? r.Response));
        Assert.InRange(misled.Train.Count(r => r.Wanted == Sum(r)), 1, 30);
    }

    [Fact]
    public void A_model_that_always_says_seven_is_right_where_seven_is_wanted()
    {
        TextRow[] rows = [new("a", "3 7"), new("b", "7"), new("c", "8"), new("d", "7 8")];
        var texts = new LanguageTexts(rows, rows, rows);
        var tokenizer = texts.Learn(TokenKind.Character);
        using var model = new LanguageModel(tokenizer, new(new() { Layers = 1, Width = 8, Heads = 1, KeyValueHeads = 1, Hidden = 8, Length = 32, Tied = false }, tokenizer.Size), [tokenizer.End!.Value], new([], 0, 0, 0), 1);
        // Layers add nothing, so that a token alone says what comes next: seven, and after seven the end.
        using (torch.no_grad())
            foreach (var (name, parameter) in model.Network.named_parameters())
            {
                var seven = tokenizer.Encode("7")[0];
                parameter.zero_();
                if (name == "model.norm.weight") parameter.fill_(1);
                if (name == "model.embed_tokens.weight") parameter[TensorIndex.Colon, 0].fill_(1);
                if (name == "model.embed_tokens.weight") parameter[seven].copy_(torch.tensor([0f, 1, 0, 0, 0, 0, 0, 0]));
                if (name == "lm_head.weight") parameter[seven, 0].fill_(50);
                if (name == "lm_head.weight") parameter[tokenizer.End.Value, 1].fill_(50);
            }
        var scores = LanguageKind.Examine(model, LanguageTexts.Encode(rows, tokenizer, new(), 32).Sequences, 0, true, null, CheckRule.Number);
        Assert.Equal(0.5, scores.Values["answer-accuracy"], 1e-9);
        Assert.Equal(0.25, scores.Values["exact-match"], 1e-9);
        Assert.InRange(scores.Values["sampled-accuracy"], 0.45, 0.55);
    }

    private static (int, int, int) Sizes(LanguageTexts texts) => (texts.Train.Length, texts.Validation.Length, texts.Test.Length);
}
