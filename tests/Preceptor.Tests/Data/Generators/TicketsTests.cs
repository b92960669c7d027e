using System.Security.Cryptography;
using System.Text;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data.Generators;

public sealed class TicketsTests
{
    private static readonly TicketData Data = Tickets.Generate(8000, 11);
    private static readonly int Classes = Data.Classes.Length;

    [Fact]
    public void Tickets_change_only_with_the_version()
    {
        Assert.Equal(1, VersionAttribute.Of(typeof(Tickets)));
        var sample = Tickets.Generate(64, 1);
        var text = new StringBuilder();
        foreach (var column in sample.Table.Columns)
            for (var row = 0; row < 64; row++) text.Append(((TextColumn)column)[row]).Append('\n');
        // Teachers are pinned to three digits, because exponentials may differ in the last bit between systems.
        foreach (var p in sample.WeakTeacher.Concat(sample.StrongTeacher)) text.Append((int)Math.Round(p * 1000)).Append(' ');
        Assert.Equal("20E052BCF1C306C2", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16]);
    }

    [Fact]
    public void A_set_made_in_parallel_begins_with_every_smaller_set_made_in_one_piece()
    {
        var small = Tickets.Generate(200, 11);
        foreach (var column in small.Table.Columns)
            Assert.Equal(Cells(small, column.Name), Cells(Data, column.Name)[..200]);
        Assert.Equal(small.Truth, Data.Truth[..200]);
        Assert.Equal(small.Noisy, Data.Noisy[..200]);
        Assert.Equal(small.WeakTeacher, Data.WeakTeacher[..(200 * Classes)]);
        Assert.Equal(small.StrongTeacher, Data.StrongTeacher[..(200 * Classes)]);
        Assert.Equal(Cells(Data, "body"), Cells(Tickets.Generate(8000, 11), "body"));
        Assert.NotEqual(Cells(small, "body"), Cells(Tickets.Generate(200, 12), "body"));
    }

    [Fact]
    public void Classes_are_unevenly_common_and_none_is_rare_or_dominant()
    {
        var shares = Enumerable.Range(0, Classes).Select(c => Data.Truth.Count(t => t == c) / 8000.0).ToArray();
        Assert.All(shares, share => Assert.InRange(share, 0.015, 0.25));
        Assert.True(shares.Max() > 4 * shares.Min());
    }

    [Fact]
    public void Noisy_labels_follow_the_noise_matrix_and_fill_the_category()
    {
        var category = Cells(Data, "category");
        for (var i = 0; i < 8000; i++) Assert.Equal(Data.Classes[Data.Noisy[i]], category[i]);
        for (var truth = 0; truth < Classes; truth++)
        {
            var rows = Enumerable.Range(0, 8000).Where(i => Data.Truth[i] == truth).ToArray();
            Assert.Equal(1, Enumerable.Range(0, Classes).Sum(c => Data.NoiseMatrix[truth, c]), 9);
            for (var c = 0; c < Classes; c++)
            {
                var expected = Data.NoiseMatrix[truth, c];
                var margin = 4.5 * Math.Sqrt(expected * (1 - expected) / rows.Length) + 1e-9;
                Assert.InRange(rows.Count(i => Data.Noisy[i] == c) / (double)rows.Length, expected - margin, expected + margin);
            }
        }
        Assert.InRange(Enumerable.Range(0, 8000).Count(i => Data.Noisy[i] != Data.Truth[i]) / 8000.0, 0.24, 0.29);
    }

    [Fact]
    public void A_noise_rate_of_zero_leaves_the_truth_and_changes_no_text()
    {
        var clean = Tickets.Generate(500, 11, new() { NoiseRate = 0 });
        Assert.Equal(clean.Truth, clean.Noisy);
        foreach (var name in new[] { "id", "subject", "body", "customer", "created_at", "priority" })
            Assert.Equal(Cells(clean, name), Cells(Data, name)[..500]);
        Assert.Equal(clean.StrongTeacher, Data.StrongTeacher[..(500 * Classes)]);
        Assert.Equal(clean.WeakTeacher, Data.WeakTeacher[..(500 * Classes)]);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(0.95)]
    [InlineData(double.NaN)]
    public void A_noise_rate_that_no_confusion_matrix_has_is_refused(double rate)
    {
        var error = Assert.Throws<RequestException>(() => Tickets.Generate(1, 1, new() { NoiseRate = rate }));
        Assert.Contains($"{rate}", error.Message);
    }

    [Fact]
    public void Unlabelled_rows_have_no_category_and_more_labels_keep_the_ones_before()
    {
        var few = Tickets.Generate(2000, 11, new() { LabelledFraction = 0.1 });
        var more = Tickets.Generate(2000, 11, new() { LabelledFraction = 0.5 });
        Assert.InRange(few.Noisy.Count(c => c >= 0), 140, 260);
        for (var i = 0; i < 2000; i++)
        {
            Assert.Equal(few.Noisy[i] < 0, Cells(few, "category", i).Length == 0);
            if (few.Noisy[i] >= 0) Assert.Equal(few.Noisy[i], more.Noisy[i]);
            if (more.Noisy[i] >= 0) Assert.Equal(more.Noisy[i], Data.Noisy[i]);
        }
    }

    [Fact]
    public void The_strong_teacher_is_right_in_about_86_percent_and_calibrated()
    {
        var (accuracy, confidence, error) = Score(Data.StrongTeacher);
        Assert.InRange(accuracy, 0.84, 0.88);
        Assert.InRange(confidence - accuracy, -0.02, 0.02);
        Assert.InRange(error, 0, 0.03);
    }

    [Fact]
    public void The_weak_teacher_is_right_in_about_70_percent_and_overconfident()
    {
        var (accuracy, confidence, error) = Score(Data.WeakTeacher);
        Assert.InRange(accuracy, 0.67, 0.73);
        Assert.InRange(confidence - accuracy, 0.08, 0.25);
        Assert.True(error > 0.08);
    }

    [Fact]
    public void Teachers_find_the_same_tickets_hard_whatever_the_label_says()
    {
        var weak = Answers(Data.WeakTeacher);
        var strong = Answers(Data.StrongTeacher);
        double StrongAccuracy(Func<int, bool> chosen)
        {
            var rows = Enumerable.Range(0, 8000).Where(chosen).ToArray();
            return rows.Count(i => strong[i] == Data.Truth[i]) / (double)rows.Length;
        }

        Assert.True(StrongAccuracy(i => weak[i] == Data.Truth[i]) > StrongAccuracy(i => weak[i] != Data.Truth[i]) + 0.05);
        var difference = StrongAccuracy(i => Data.Noisy[i] == Data.Truth[i]) - StrongAccuracy(i => Data.Noisy[i] != Data.Truth[i]);
        Assert.InRange(difference, -0.04, 0.04);
    }

    [Fact]
    public void Rules_cover_most_tickets_with_mistakes()
    {
        var votes = Data.RuleVotes();
        var covered = Enumerable.Range(0, 8000).Where(i => votes[i] >= 0).ToArray();
        Assert.InRange(covered.Length / 8000.0, 0.55, 0.68);
        Assert.InRange(covered.Count(i => votes[i] == Data.Truth[i]) / (double)covered.Length, 0.75, 0.85);
        Assert.Equal(Data.Classes.Order(), Data.Rules.Select(rule => rule.Class).Distinct().Order());
    }

    [Fact]
    public void A_rule_looks_at_its_column_alone()
    {
        var rule = new TicketRule("lost", "subject", @"\blost\b", "shipping");
        Assert.True(rule.Matches("LOST parcel", ""));
        Assert.False(rule.Matches("", "lost parcel"));
        Assert.False(rule.Matches("lostness", ""));
        Assert.True((rule with { Column = "text" }).Matches("", "lost parcel"));
    }

    [Fact]
    public void No_text_gives_its_class_away()
    {
        var subjects = Cells(Data, "subject");
        var bodies = Cells(Data, "body");
        for (var i = 0; i < 8000; i++)
        {
            var text = $"{subjects[i]}\n{bodies[i]}".ToLowerInvariant();
            Assert.DoesNotContain("category", text);
            foreach (var name in Data.Classes.Where(c => c.Contains('-'))) Assert.DoesNotContain(name, text);
        }
        for (var c = 0; c < Classes; c++)
        {
            var rows = Enumerable.Range(0, 8000).Where(i => Data.Truth[i] == c).ToArray();
            var named = rows.Count(i => $"{subjects[i]} {bodies[i]}".Contains(Data.Classes[c], StringComparison.OrdinalIgnoreCase));
            Assert.InRange(named / (double)rows.Length, 0, 0.4);
        }
    }

    [Fact]
    public void Texts_are_filled_in_and_tidy()
    {
        // A typing error may leave out a word of one letter, and so two blanks.
        foreach (var body in Cells(Tickets.Generate(2000, 11, new() { TypoRate = 0 }), "body"))
        {
            Assert.InRange(body.Length, 10, 1500);
            Assert.Equal(-1, body.AsSpan().IndexOfAny("[]{}|"));
            Assert.DoesNotContain("  ", body);
        }
        Assert.True(Cells(Data, "body").Distinct().Count() > 7600);
    }

    [Fact]
    public void Customers_write_several_tickets_and_none_dominates()
    {
        var sizes = Cells(Data, "customer").GroupBy(c => c).Select(g => g.Count()).ToArray();
        Assert.InRange(sizes.Average(), 2, 10);
        Assert.InRange(sizes.Max(), 10, 400);
    }

    [Fact]
    public void Dates_span_two_years_in_which_wishes_become_more_common()
    {
        var dates = Cells(Data, "created_at").Select(d => DateOnly.ParseExact(d, "yyyy-MM-dd")).ToArray();
        Assert.Equal((new DateOnly(2023, 1, 1), new DateOnly(2024, 12, 30)), (dates.Min(), dates.Max()));
        var wish = Array.IndexOf(Data.Classes, "feature-request");
        int Wishes(DateOnly from) => Enumerable.Range(0, 8000).Count(i => Data.Truth[i] == wish && dates[i] >= from && dates[i] < from.AddDays(182));
        Assert.True(Wishes(new(2024, 7, 1)) > Wishes(new(2023, 1, 1)));
    }

    private static string[] Cells(TicketData data, string name) => [.. Enumerable.Range(0, data.Table.Rows).Select(i => Cells(data, name, i))];

    private static string Cells(TicketData data, string name, int row) => ((TextColumn)data.Table.Find(name)!)[row].ToString();

    private static int[] Answers(float[] probabilities) =>
        [.. probabilities.Chunk(Classes).Select(p => Array.IndexOf(p, p.Max()))];

    private static (double Accuracy, double Confidence, double CalibrationError) Score(float[] probabilities)
    {
        var answers = Answers(probabilities);
        var bins = new (double Right, double Sure)[15];
        for (var i = 0; i < answers.Length; i++)
        {
            var sure = probabilities[i * Classes + answers[i]];
            ref var bin = ref bins[Math.Min((int)(sure * 15), 14)];
            bin.Sure += sure;
            if (answers[i] == Data.Truth[i]) bin.Right++;
        }
        var n = (double)answers.Length;
        return (bins.Sum(b => b.Right) / n, bins.Sum(b => b.Sure) / n, bins.Sum(b => Math.Abs(b.Right - b.Sure)) / n);
    }
}
