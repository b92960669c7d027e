namespace Preceptor.Catalogue;

/// <summary>The rows of the matrix's CSV.</summary>
internal static class MatrixRows
{
    private const int Count = 60;

    private static readonly string[] Topics = ["billing", "login", "shipping"], Channels = ["mail", "phone"], Tags = ["billing|urgent", "login", "-"];
    private static readonly string[] Subjects = ["the invoice is wrong", "my password does not work", "the parcel is late"], Endings = ["please help", "this is urgent", "it was fine before"];

    /// <summary>A text, a number, a category; a class, a label set and a number to predict that are blank in every seventh row; and a column that says in every other row that the label was checked.</summary>
    public static string Csv()
    {
        var lines = Enumerable.Range(0, Count).Select(row =>
            $"{Subjects[row % 3]} and {Endings[row * 5 % 7 % 3]},{row * 37 % 100},{Channels[row * 3 % 5 % 2]},{(row % 7 == 6 ? "" : Topics[row % 3])},{(row % 2 == 0 ? "yes" : "no")},{(row % 7 == 6 ? "" : Tags[row % 3])},{(row % 7 == 6 ? "" : $"{row % 3 * 10 + row % 5}")}");
        return string.Join('\n', lines.Prepend("text,amount,channel,topic,checked,tags,minutes")) + "\n";
    }
}
