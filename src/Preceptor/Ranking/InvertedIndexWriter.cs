using System.Runtime.InteropServices;
using System.Text;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Ranking;

/// <summary>Gathers documents and writes their inverted index: for each term the documents that have it, and how often.</summary>
/// <param name="form">How text is cut into terms.</param>
public sealed class InvertedIndexWriter(TermForm form)
{
    private readonly TermDictionary dictionary = new(form);
    private readonly List<Postings> postings = [];
    private readonly List<string> names = [];
    private readonly List<int> lengths = [], terms = [];

    /// <summary>How many documents were added.</summary>
    public int Count => names.Count;

    /// <summary>How many of them have no term, so that no search finds them.</summary>
    public int Empty => lengths.Count(l => l == 0);

    /// <summary>Adds a document.</summary>
    /// <param name="name">What a search answers with.</param>
    /// <param name="texts">Its texts, such as title and body; one without a term is kept and never found.</param>
    public void Add(string name, params ReadOnlySpan<string> texts)
    {
        terms.Clear();
        foreach (var text in texts) dictionary.Read(text, terms);
        while (postings.Count < dictionary.Terms.Count) postings.Add(new());
        var sorted = CollectionsMarshal.AsSpan(terms);
        sorted.Sort();
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start]) end++;
            postings[sorted[start]].Add(names.Count, end - start);
        }
        names.Add(name);
        lengths.Add(terms.Count);
    }

    /// <summary>Writes the index as a folder, beside its place and then renamed.</summary>
    public void Write(string folder)
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        RunFolder.ReplaceWhole(folder, WriteFiles);
    }

    private void WriteFiles(string folder)
    {
        using (var file = File.Create(Path.Combine(folder, InvertedIndex.PostingsFile)))
            foreach (var posting in postings) file.Write(posting.Bytes);
        using (var file = new BinaryWriter(File.Create(Path.Combine(folder, InvertedIndex.TermsFile)), Encoding.UTF8))
            for (var i = 0; i < postings.Count; i++)
            {
                file.Write(dictionary.Terms[i]);
                file.Write7BitEncodedInt(postings[i].Documents);
                file.Write7BitEncodedInt(postings[i].Bytes.Length);
            }
        using (var file = new BinaryWriter(File.Create(Path.Combine(folder, InvertedIndex.DocumentsFile)), Encoding.UTF8))
            for (var i = 0; i < names.Count; i++)
            {
                file.Write(names[i]);
                file.Write7BitEncodedInt(lengths[i]);
            }
        ModelFiles.WriteJson(Path.Combine(folder, InvertedIndex.HeaderFile), new InvertedIndexHeader(InvertedIndex.Format, form, names.Count, postings.Count, postings.Sum(p => (long)p.Bytes.Length)));
    }

    /// <summary>The documents of one term as differences, each followed by how often it occurs; seven bits a byte.</summary>
    private sealed class Postings
    {
        private byte[] bytes = new byte[4];
        private int used, last = -1;

        public int Documents { get; private set; }

        public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, used);

        public void Add(int document, int count)
        {
            if (used + 10 > bytes.Length) Array.Resize(ref bytes, Math.Max(2 * bytes.Length, 16));
            Put((uint)(document - last));
            Put((uint)count);
            last = document;
            Documents++;
        }

        private void Put(uint value)
        {
            for (; value >= 0x80; value >>= 7) bytes[used++] = (byte)(value | 0x80);
            bytes[used++] = (byte)value;
        }
    }
}
