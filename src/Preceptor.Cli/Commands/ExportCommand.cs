using System.CommandLine;
using Preceptor.Models;
using Preceptor.Models.Onnx;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor export</c>: a trained network for other programs.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A run's folder, or its model folder" };
        var onnx = new Option<string>("--onnx") { Description = "The ONNX file to write", Required = true };
        var command = new Command("export", "Write a trained network as an ONNX file") { model, onnx };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(onnx)!;
            using var predictor = Predictor.Load(parsed.GetValue(model)!);
            OnnxExport.Write(predictor, path);
            Console.Out.WriteLine($"{path}: {string.Join(", ", predictor.Encoding.Shape.Parts)} → logits of {predictor.Classes.Count} classes, {new FileInfo(path).Length / 1e6:0.0} MB; classes and encoding are in its metadata");
            return ExitCode.Done;
        });
        return command;
    }
}
