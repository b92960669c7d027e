namespace Preceptor.Data;

/// <summary>Reads the rows that a specification names, whatever the file's form; some data sets bring test rows of their own.</summary>
/// <param name="path">The file, or the name of a data set.</param>
/// <param name="text">Columns declared to hold text.</param>
/// <param name="numbers">Columns declared to hold numbers.</param>
/// <param name="badImages">What becomes of images that cannot be used.</param>
public delegate (Table Rows, Table? Test) ReadTable(string path, IReadOnlyCollection<string> text, IReadOnlyCollection<string> numbers, BadImages badImages);
