namespace Preceptor.Foundation;

/// <summary>The request was wrong: a file, a key or a value that the user can mend. The command answers with exit code 2.</summary>
public sealed class RequestException : Exception
{
    /// <summary>Creates the exception with the whole message for the user: where, what was found, what is allowed.</summary>
    public RequestException(string message) : base(message) { }

    /// <summary>Creates the exception with the fault that caused it.</summary>
    public RequestException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>The work failed for a reason the user should read, such as a loss that is not a number. The command answers with exit code 1.</summary>
public sealed class WorkException : Exception
{
    /// <summary>Creates the exception with the reason.</summary>
    public WorkException(string message) : base(message) { }

    /// <summary>Creates the exception with the fault that caused it.</summary>
    public WorkException(string message, Exception inner) : base(message, inner) { }
}
