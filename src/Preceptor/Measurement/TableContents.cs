using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Preceptor.Data;

namespace Preceptor.Measurement;

internal static class TableContents
{
    /// <summary>A hash of a table's columns and cells.</summary>
    public static string Fingerprint(this Table table)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var column in table.Columns)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{column.GetType().Name}:{column.Name}:{column.Rows}\n"));
            switch (column)
            {
                case NumberColumn numbers:
                    hash.AppendData(MemoryMarshal.AsBytes<double>(numbers.Values));
                    break;
                case ImageColumn images:
                    hash.AppendData(images.Pixels);
                    break;
                case TextColumn texts:
                    var lengths = new int[texts.Rows];
                    for (var row = 0; row < lengths.Length; row++)
                    {
                        var cell = texts.Utf8(row);
                        lengths[row] = cell.Length;
                        hash.AppendData(cell);
                    }
                    hash.AppendData(MemoryMarshal.AsBytes<int>(lengths));
                    break;
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
