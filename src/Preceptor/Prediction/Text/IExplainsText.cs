using Preceptor.Data;
using Preceptor.Models;

namespace Preceptor.Prediction.Text;

/// <summary>A classifier that can say which words of a row speak for which class. Reports and predictions show it wherever a model has it.</summary>
public interface IExplainsText : IClassifier
{
    /// <summary>What each paragraph, sentence and word of a row's text adds to the confidence in each class.</summary>
    /// <param name="examples">Encoded rows with their texts.</param>
    /// <param name="row">One of them.</param>
    TextExplanation Explain(Examples examples, int row);
}
