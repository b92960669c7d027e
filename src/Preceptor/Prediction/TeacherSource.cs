using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>What an ONNX teacher's outputs are.</summary>
public enum TeacherAnswers
{
    /// <summary>Log-probabilities up to a constant a row.</summary>
    Logits,

    /// <summary>Probabilities: each row adds up to 1.</summary>
    Probabilities,
}

/// <summary>What a million tokens cost.</summary>
public sealed record TokenPrice
{
    /// <summary>Of questions.</summary>
    [Description("Price of a million tokens of questions")]
    [Range(0, 1e9)]
    public double Input { get; set; }

    /// <summary>Of answers.</summary>
    [Description("Price of a million tokens of answers")]
    [Range(0, 1e9)]
    public double Output { get; set; }
}

/// <summary>A teacher from outside: a file of its probabilities, a model of ours, a model in an ONNX file, or a chat model.</summary>
public sealed record TeacherSource : OnnxSource
{
    /// <summary>The file of probabilities.</summary>
    [Description("A file of the teacher's probabilities: a row a row, a column a class of its name")]
    public string? Probabilities { get; set; }

    /// <summary>The file of the test rows' probabilities.</summary>
    [Description("probabilities: those of the test rows, where these have a file of their own; left out: looked for by id")]
    public string? TestProbabilities { get; set; }

    /// <summary>The column of ids.</summary>
    [Description("probabilities: its column of ids, matched with problem.id; left out: rows are matched in their order")]
    public string? Id { get; set; }

    /// <summary>The folder of a model.</summary>
    [Description("A folder of a model trained here or elsewhere, or of its run; it is given the raw rows. endpoint: the model's name there")]
    public string? Model { get; set; }

    /// <summary>The teacher's classes.</summary>
    [Description("probabilities, model: their name: our name for classes that differ; onnx: the classes in the output's order, a list or a file with one a line; endpoint: the classes to choose from, likewise, where the data have no labels yet")]
    public Setting? Classes { get; set; }

    /// <summary>What an ONNX teacher's outputs are.</summary>
    [Description("onnx: whether its outputs are logits or probabilities; left out: logits")]
    public TeacherAnswers? Answers { get; set; }

    /// <summary>The address of a chat model.</summary>
    [Description("The address of a chat model that speaks OpenAI's chat completions, such as http://localhost:8080/v1; its answers are fetched by preceptor label")]
    public string? Endpoint { get; set; }

    /// <summary>Where its key is.</summary>
    [Description("endpoint: the environment variable that holds the key; left out: none is sent")]
    public string? KeyEnv { get; set; }

    /// <summary>What it is asked.</summary>
    [Description("endpoint: a file with the question, in which {classes} and {text} or a column's name in braces are filled in; left out: a plain one")]
    public string? Prompt { get; set; }

    /// <summary>The most tokens.</summary>
    [Description("endpoint: the most tokens of all questions and answers; left out: no bound")]
    [Range(1, 1e15)]
    public double? TokenBudget { get; set; }

    /// <summary>What tokens cost.</summary>
    [Description("endpoint: price of a million tokens, input and output")]
    public TokenPrice? Price { get; set; }

    /// <summary>What is not sent.</summary>
    [Description("endpoint: regular expressions of what is replaced by [redacted] before a text is sent")]
    public string[] Redact { get; set; } = [];

    /// <summary>How many answers a row gets.</summary>
    [Description("endpoint: how many answers a row gets, at temperature 1; their shares are the confidence. Left out: one at temperature 0, with the server's log-probabilities where it has some")]
    [Range(1, 100)]
    public int? Votes { get; set; }

    /// <summary>The most tokens of an answer.</summary>
    [Description("endpoint: the most tokens of an answer; left out: 64")]
    [Range(1, 100_000)]
    public int? MaxTokens { get; set; }

    /// <summary>How many calls are made at once.</summary>
    [Description("endpoint: how many calls are made at once; left out: 4")]
    [Range(1, 256)]
    public int? Parallel { get; set; }

    /// <summary>How long a call may take.</summary>
    [Description("endpoint: how many seconds an attempt may take; left out: 60")]
    [Range(0, 3600, MinimumIsExclusive = true)]
    public double? Timeout { get; set; }

    /// <summary>How often a call is tried.</summary>
    [Description("endpoint: how often a call is tried while the server is busy or fails; left out: 6")]
    [Range(2, 100)]
    public int? Attempts { get; set; }

    /// <summary>The first wait.</summary>
    [Description("endpoint: how many seconds to wait after the first failed attempt where the server names none, doubled with each; left out: 1")]
    [Range(0, 600, MinimumIsExclusive = true)]
    public double? RetryWait { get; set; }

    /// <summary>The form's key, once it is known that there is one form and no key of another.</summary>
    /// <param name="written">The keys as they were written.</param>
    /// <exception cref="RequestException">No form is named, or several, or a key belongs to another form.</exception>
    internal string Form(MapSetting written)
    {
        (string Key, bool IsNamed)[] forms = [("probabilities", Probabilities is not null), ("model", Model is not null && Endpoint is null), ("onnx", Onnx is not null), ("endpoint", Endpoint is not null)];
        string[] named = [.. forms.Where(f => f.IsNamed).Select(f => f.Key)];
        if (named is not [var form]) throw written.Wrong($"expected one of probabilities: FILE, model: FOLDER, onnx: FILE and endpoint: ADDRESS, found {(named.Length == 0 ? "none" : string.Join(" and ", named))}");
        string[] ofFile = ["probabilities", "test-probabilities", "id"], ofChat = ["endpoint", "key-env", "prompt", "token-budget", "price", "redact", "votes", "max-tokens", "parallel", "timeout", "attempts", "retry-wait"];
        foreach (var (key, setting) in written.Entries)
        {
            var fits = key == form || key == "classes" || form switch { "probabilities" => ofFile.Contains(key), "endpoint" => key == "model" || ofChat.Contains(key), "onnx" => key != "model" && !ofFile.Contains(key) && !ofChat.Contains(key), _ => false };
            if (!fits && setting is not ScalarSetting { Text: "" }) throw setting.Wrong($"is no key of a teacher that is named by {form}:");
        }
        return form;
    }
}
