using System.Globalization;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Tests.Data;

namespace Preceptor.Tests.Prediction;

/// <summary>Teachers from outside, from a specification to what a method may see and to the floor.</summary>
public sealed class TeachersTests
{
    private const int Rows = 60;

    private readonly Dictionary<string, string> files = new()
    {
        ["data.csv"] = Csv("id,x,label", r => $"i{r},{r}.5,{Class(r)}"),
    };

    private static string Class(int r) => r % 3 == 0 ? "r" : r % 3 == 1 ? "p" : "q";

    /// <summary>What the teacher says of row r of the classes p, q and r.</summary>
    private static double[] Says(int r) => [(r + 1) / 100.0, 0.25, 0.75 - (r + 1) / 100.0];

    private static string Csv(string header, Func<int, string> line, IEnumerable<int>? rows = null) =>
        string.Concat((rows ?? Enumerable.Range(0, Rows)).Select(r => line(r) + "\n").Prepend(header + "\n"));

    private static string Line(params double[] values) => string.Join(',', values.Select(v => v.ToString(CultureInfo.InvariantCulture)));

    private PredictionTask Prepare(string teachers, string keys = "  id: id\n", RunOnnx? onnx = null) =>
        PredictionRunner.Prepare(Specification.From(SpecificationReader.Parse($"problem:\n  data: data.csv\n  numbers: [x]\n  label: label\n{keys}  teachers:\n    t: {teachers}\nmodel: {{hidden: [4]}}\n", "spec.yaml"), []), 0,
            (path, text, numbers, _) => (Tables.Csv(path, files.GetValueOrDefault(path) ?? throw new RequestException($"no file {path}"), text, numbers), null), onnx);

    private string Refusal(string teachers, string keys = "  id: id\n", RunOnnx? onnx = null) => Assert.Throws<RequestException>(() => Prepare(teachers, keys, onnx)).Message;

    private static int[] Places(Table rows) => [.. Enumerable.Range(0, rows.Rows).Select(rows.Origin)];

    private static void Same(IEnumerable<double> expected, IEnumerable<float> logits) =>
        Assert.All(expected.Zip(logits), p => Assert.Equal(Math.Log(p.First), p.Second, 1e-5));

    [Fact]
    public void Probabilities_in_the_rows_order_reach_training_rows_and_floor()
    {
        files["t.csv"] = Csv("p,q,r", r => Line(Says(r)));
        var task = Prepare("{probabilities: t.csv}", "  validation: 0.2\n  rows: 20\n");
        var teacher = task.Problem.Find<TeacherLogits>()!;
        Assert.Equal("t", teacher.Name);
        Assert.Equal(20 * 3, teacher.Train.Length);
        Same(Places(task.TrainRows).SelectMany(Says), teacher.Train);
        Same(Places(task.Exam.TestRows).SelectMany(Says), task.Exam.TeacherLogits["t"]);
        Assert.Equal(["teacher t: probabilities from t.csv, in the rows' order"], task.Notes);
        Assert.Contains(Advice.Of(ProblemKinds.Prediction, task, []).Offered, line => line.StartsWith("teacher-logits: t agrees with", StringComparison.Ordinal));
        Assert.Contains(Advice.Of(ProblemKinds.Prediction, task, []).Methods, m => m.Method.Slug == "knowledge-distillation" && m.Why.Contains("teacher-logits", StringComparison.Ordinal));
    }

    [Fact]
    public void Ids_find_their_rows_in_any_order_and_classes_may_have_other_names()
    {
        files["t.csv"] = Csv("q,key,more,papa,r", r => $"0.25,i{r},9,{Line(Says(r)[0], Says(r)[2])}", Enumerable.Range(0, Rows + 5).Reverse());
        var task = Prepare("{probabilities: t.csv, id: key, classes: {papa: p}}");
        Same(Places(task.TrainRows).SelectMany(Says), task.Problem.Find<TeacherLogits>()!.Train);
        Same(Places(task.Exam.TestRows).SelectMany(Says), task.Exam.TeacherLogits["t"]);
    }

    [Fact]
    public void Several_of_the_teachers_classes_may_be_one_of_ours()
    {
        files["t.csv"] = Csv("p1,p2,q,r", _ => "0.25,0.25,0.5,0");
        var task = Prepare("{probabilities: t.csv, classes: {p1: p, p2: p}}");
        Same(Places(task.TrainRows).SelectMany(_ => new[] { 0.5, 0.5, 1e-9 }), task.Problem.Find<TeacherLogits>()!.Train);
    }

    [Fact]
    public void Test_rows_of_their_own_have_their_own_file_or_none()
    {
        files["t.csv"] = Csv("p,q,r", r => Line(Says(r)));
        files["test.csv"] = Csv("id,x,label", r => $"i{r},{r}.5,{(r == 2 ? "" : Class(r))}", Enumerable.Range(0, 9));
        files["u.csv"] = Csv("p,q,r", r => Line(Says(r + 20)), Enumerable.Range(0, 9));
        var untold = Prepare("{probabilities: t.csv}", "  test: test.csv\n");
        Assert.Empty(untold.Exam.TeacherLogits);
        Assert.EndsWith("it says nothing of the test rows and has no score of its own", Assert.Single(untold.Notes), StringComparison.Ordinal);
        foreach (var key in new[] { "test", "trusted" })
        {
            var told = Prepare("{probabilities: t.csv, test-probabilities: u.csv}", $"  {key}: test.csv\n");
            Same(Places(told.Exam.TestRows).SelectMany(r => Says(r + 20)), told.Exam.TeacherLogits["t"]);
            Assert.DoesNotContain(2, Places(told.Exam.TestRows));
        }
        files["u.csv"] = Csv("p,q,r", r => Line(Says(r)), Enumerable.Range(0, 8));
        Assert.Contains("problem.teachers.t.test-probabilities: u.csv has 8 rows, and test.csv has 9; without id: they are matched in their order", Refusal("{probabilities: t.csv, test-probabilities: u.csv}", "  test: test.csv\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_test_rows_are_looked_for_in_the_same_file()
    {
        files["test.csv"] = Csv("id,x,label", r => $"k{r},{r}.5,{Class(r)}", Enumerable.Range(0, 9));
        string With(int told) => Csv("id,p,q,r", r => $"{(r < Rows ? $"i{r}" : $"k{r - Rows}")},{Line(Says(r % Rows))}", Enumerable.Range(0, Rows + told));
        files["t.csv"] = With(9);
        var task = Prepare("{probabilities: t.csv, id: id}", "  id: id\n  test: test.csv\n");
        Same(Places(task.Exam.TestRows).SelectMany(Says), task.Exam.TeacherLogits["t"]);
        files["t.csv"] = With(4);
        var some = Prepare("{probabilities: t.csv, id: id}", "  id: id\n  test: test.csv\n");
        Assert.Empty(some.Exam.TeacherLogits);
        Assert.EndsWith("it answers 4 of 9 test rows and has no score of its own", Assert.Single(some.Notes), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.t.test-probabilities: t.csv says nothing of 5 of 9 test rows, the first with the id 'k4'", Refusal("{probabilities: t.csv, test-probabilities: t.csv, id: id}", "  id: id\n  test: test.csv\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p,q,r", "0.5,0.25,0.25", 59, "{probabilities: t.csv}", "spec.yaml line 7: problem.teachers.t.probabilities: t.csv has 59 rows, and data.csv has 60; without id: they are matched in their order")]
    [InlineData("p,q,r", "0.5,0.25,0.35", 60, "{probabilities: t.csv}", "problem.teachers.t.probabilities: t.csv row 1: the probabilities add up to 1.1, expected 1 (± 0.001)")]
    [InlineData("p,q,r", "1.5,-0.25,-0.25", 60, "{probabilities: t.csv}", "problem.teachers.t.probabilities: t.csv row 1: 'p' is 1.5, expected a probability in [0, 1]")]
    [InlineData("p,q,r", "0.5,,0.5", 60, "{probabilities: t.csv}", "problem.teachers.t.probabilities: t.csv row 1: 'q' is missing, expected a probability in [0, 1]")]
    [InlineData("p,q,s", "0.5,0.25,0.25", 60, "{probabilities: t.csv}", "problem.teachers.t.probabilities: t.csv has no column 'r'; it has p, q, s")]
    [InlineData("p,q,s", "0.5,0.25,0.25", 60, "{probabilities: t.csv, classes: {s: t}}", "problem.teachers.t.classes.s: 't' is not one of the classes; they are p, q, r")]
    [InlineData("p,q,s", "0.5,0.25,0.25", 60, "{probabilities: t.csv, classes: [p, q, r]}", "problem.teachers.t.classes: expected their name: our name for each class that differs")]
    [InlineData("id,p,q,r", "i0,0.5,0.25,0.25", 3, "{probabilities: t.csv, id: id}", "problem.teachers.t.probabilities: t.csv: column 'id' repeats 2 of its ids, the first 'i0'; each row needs one of its own")]
    [InlineData("id,p,q,r", "i0,0.5,0.25,0.25", 1, "{probabilities: t.csv, id: id}", "problem.teachers.t.probabilities: t.csv says nothing of 4")]
    [InlineData("id,p,q,r", "i0,0.5,0.25,0.25", 1, "{probabilities: t.csv, id: key}", "problem.teachers.t.probabilities: t.csv has no column 'key'; it has id, p, q, r")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "{probabilities: t.csv, test-probabilities: t.csv}", "problem.teachers.t.test-probabilities: the test rows are some of data.csv, of which t.csv tells; leave it out, or match rows by id")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "{probabilities: u.csv}", "problem.teachers.t.probabilities: no file u.csv")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "{probabilities: t.csv, model: m}", "problem.teachers.t: expected one of probabilities: FILE, model: FOLDER, onnx: FILE and endpoint: ADDRESS, found probabilities and model")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "{id: id}", "problem.teachers.t: expected one of probabilities: FILE, model: FOLDER, onnx: FILE and endpoint: ADDRESS, found none")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "", "problem.teachers.t: expected one of probabilities: FILE, model: FOLDER, onnx: FILE and endpoint: ADDRESS")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "{probabilities: t.csv, tokenizer: v.txt}", "problem.teachers.t.tokenizer: is no key of a teacher that is named by probabilities:")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "{onnx: t.onnx, inputs: {x: idz}}", "problem.teachers.t.inputs.x: 'idz' is not allowed (did you mean 'ids'?); allowed: ids | mask | types | image | numbers")]
    [InlineData("p,q,r", "0.5,0.25,0.25", 60, "{model: nowhere}", "problem.teachers.t.model: nowhere: there is no such model folder")]
    public void What_does_not_fit_is_refused(string header, string line, int rows, string teacher, string message)
    {
        files["t.csv"] = Csv(header, _ => line, Enumerable.Range(0, rows));
        Assert.Contains(message, Refusal(teacher), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_ours_must_be_named_and_classes_must_be_one_a_row()
    {
        files["t.csv"] = Csv("id,p,q,r", r => $"i{r},0.5,0.25,0.25");
        Assert.Contains("problem.teachers.t.id: matches the teacher's column 'id' with ours; name that under problem.id", Refusal("{probabilities: t.csv, id: id}", ""), StringComparison.Ordinal);
        Assert.Contains("problem.teachers: teachers know one class a row; labels: many takes none", Refusal("{probabilities: t.csv}", "  labels: many\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_onnx_models_outputs_are_matched_by_the_names_of_its_classes()
    {
        (float[], int) Answer(OnnxSource source, Table rows, InputRoles inputs)
        {
            Assert.Equal(["x"], inputs.Numbers);
            return ([.. Places(rows).SelectMany(r => new[] { 3f, r, 2f * r })], 3);
        }
        const string onnx = "onnx: t.onnx, inputs: {x: numbers}";
        var task = Prepare($"{{{onnx}, classes: [q, s, p]}}", onnx: Answer);
        var logits = task.Problem.Find<TeacherLogits>()!.Train;
        foreach (var (place, i) in Places(task.TrainRows).Select((p, i) => (p, i)))
        {
            Assert.Equal(2f * place - 3f, logits[3 * i] - logits[3 * i + 1], 1e-3);
            Assert.Equal(1, Math.Exp(logits[3 * i]) + Math.Exp(logits[3 * i + 1]), 1e-5);
            Assert.True(logits[3 * i + 2] <= Math.Log(1e-9) + 1e-4);
        }
        Assert.Equal(task.Exam.TestRows.Rows * 3, task.Exam.TeacherLogits["t"].Length);
        Assert.Equal(["teacher t: the ONNX model t.onnx; it has no class 'r' and gives it probability 0; its class 's' is none of the problem's and is left out of its answers"], task.Notes);

        Assert.Contains("problem.teachers.t.classes: t.onnx gives 3 values a row, and there are 2 classes: p, q", Refusal($"{{{onnx}, classes: [p, q]}}", onnx: Answer), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.t.classes: has the classes 'a', 'b', 'c', none of which is one of 'p', 'q', 'r'; say which is which", Refusal($"{{{onnx}, classes: [a, b, c]}}", onnx: Answer), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.t.classes: is missing", Refusal($"{{{onnx}}}", onnx: Answer), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.t.classes: names 'p' twice", Refusal($"{{{onnx}, classes: [p, q, p]}}", onnx: Answer), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.t.classes: c.txt: there is no such file", Refusal($"{{{onnx}, classes: c.txt}}", onnx: Answer), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.t.classes: expected the classes in the output's order", Refusal($"{{{onnx}, classes: {{a: p}}}}", onnx: Answer), StringComparison.Ordinal);
        Assert.Matches(@"problem\.teachers\.t\.onnx: t\.onnx: for data\.csv row \d+: '\w' is \d+, expected a probability in \[0, 1\]", Refusal($"{{{onnx}, classes: [q, r, p], answers: probabilities}}", onnx: Answer));
        Assert.Matches(@"problem\.teachers\.t\.onnx: t\.onnx: for data\.csv row \d+ a logit is NaN", Refusal($"{{{onnx}, classes: [p]}}", onnx: (_, rows, _) => ([.. Enumerable.Repeat(float.NaN, rows.Rows)], 1)));
        Assert.Contains("this program does not run ONNX models", Refusal($"{{{onnx}, classes: [p]}}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Probabilities_of_an_onnx_model_are_taken_as_they_are()
    {
        var task = Prepare("{onnx: t.onnx, inputs: {x: numbers}, classes: [p, q, r, s], answers: probabilities}", onnx: (_, rows, _) => ([.. Enumerable.Range(0, rows.Rows).SelectMany(_ => new[] { 0.1f, 0.2f, 0.2f, 0.5f })], 4));
        Same(Enumerable.Range(0, task.TrainRows.Rows).SelectMany(_ => new[] { 0.2, 0.4, 0.4 }), task.Problem.Find<TeacherLogits>()!.Train);
    }

    [Fact]
    public void Zeros_stay_below_the_smallest_probability()
    {
        var classes = new TeacherClasses(["a", "b", "x"], ["a", "b", "c"], new Dictionary<string, string>());
        var logits = classes.Logits([0, -40, 50, double.NegativeInfinity, double.NegativeInfinity, 0]);
        Assert.Equal([0, -40, -40], logits[..3].Select(l => MathF.Round(l, 3)));
        Same([0.5, 0.5, 1e-9], logits[3..]);
    }

    [Fact]
    public void A_specification_with_teachers_reads_back_the_same()
    {
        var text = "problem:\n  data: data.csv\n  label: label\n  teachers:\n    a b: {onnx: t.onnx, inputs: {x: numbers}, classes: [p, '2'], mean: [0.5], lower-case: false}\n    c: {probabilities: t.csv, id: i, classes: {\"x y\": p}}\n    d: {model: m}\n";
        var yaml = Specification.From(SpecificationReader.Parse(text, "spec.yaml"), ["problem.teachers.d.model=n"]).ToYaml();
        Assert.Contains("classes: [\"p\",\"2\"]", yaml, StringComparison.Ordinal);
        Assert.Contains("model: \"n\"", yaml, StringComparison.Ordinal);
        Assert.Contains("\"x y\": \"p\"", yaml, StringComparison.Ordinal);
        Assert.Equal(yaml, Specification.From(SpecificationReader.Parse(yaml, "again.yaml"), []).ToYaml());
    }
}
