using Preceptor.Foundation;

namespace Preceptor.Models.Onnx;

/// <summary>Writes trained networks as ONNX files, for programs that know nothing of Preceptor.</summary>
public static class OnnxExport
{
    /// <summary>
    /// Writes a model's network, encoder and head, to a file that is whole or not there. Inputs: those of <c>image</c> [batch, C, H, W],
    /// <c>numbers</c> [batch, D] and <c>tokens</c> [batch, length] that the network reads, encoded as the file's metadata say; output: <c>logits</c>
    /// [batch, classes].
    /// </summary>
    /// <exception cref="RequestException">The model is not a network, or the file can't be written.</exception>
    public static void Write(Predictor model, string path)
    {
        if (model.Classifier is not NetworkClassifier classifier)
            throw new RequestException($"only networks are exported to ONNX; this model is of the format '{model.Classifier.Format}'");
        if (model.Encoding.Frozen is not null) throw new RequestException("the model stands on a frozen network, and export writes no networks but ours; predict uses both");
        classifier.Network.eval();
        var graph = new OnnxGraph(model.Encoding.Shape);
        graph.Output("logits", classifier.Network.Export(graph), model.Classes.Count);
        var metadata = new Dictionary<string, string>
        {
            ["classes"] = ModelFiles.ToText(model.Classes),
            ["encoding"] = ModelFiles.ToText(model.Encoding),
        };
        try
        {
            RunFolder.WriteWhole(path, graph.ToBytes(classifier.Network.Encoder.GetName(), metadata));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
