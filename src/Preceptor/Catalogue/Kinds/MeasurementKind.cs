using Preceptor.Catalogue.Experiments;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Measurement;

namespace Preceptor.Catalogue;

/// <summary>Measurement: no model is trained for the user, so that <c>run</c> refuses it and <c>measure</c> is its command.</summary>
internal sealed class MeasurementKind : ProblemKind
{
    public override string Name => MeasurementData.KindName;

    public override Type DataType => typeof(MeasurementData);

    public override bool TrainsModels => false;

    public override string Baseline => ProblemKinds.Prediction.Baseline;

    public override IProblemTask Read(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx) => throw Refused(specification);

    public override ISeedOutcome RunSeed(Specification specification, IProblemTask task, Run run, string? modelFolder) => throw Refused(specification);

    public override ISeedOutcome LoadOutcome(string folder) => throw new NotSupportedException("a measure has no outcome of seeds");

    public override ArmAnswers Answer(Specification specification, ulong seed, bool isTuning, ReadTable read, Run run) => throw Refused(specification);

    public override string Use(string folder) => "measure";

    private static RequestException Refused(Specification specification) =>
        new($"problem.kind: {specification.ProblemName} is a problem of kind {MeasurementData.KindName}, expected prediction; preceptor measure is for problems of kind measurement");
}
