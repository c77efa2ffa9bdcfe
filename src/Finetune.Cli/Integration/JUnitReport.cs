using System.Globalization;
using System.Text;
using System.Xml;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;

namespace Finetune.Cli.Integration;

/// <summary>A run as JUnit XML, which every build server shows: its steps and its gates are test cases, a failed step is an
/// error, a gate that is not met a failure, what did not run is skipped.</summary>
internal static class JUnitReport
{
    /// <summary>The document.</summary>
    public static string Of(RunOutcome outcome)
    {
        List<Suite> suites = [];
        if (outcome.Result is not { } result)
        {
            var text = string.Concat(outcome.Problems.Select(Invocation.Sources.Print));
            suites.Add(new("document", [new(outcome.Document, 0, "error", Codes(outcome.Found), text, null)]));
        }
        else
        {
            suites.Add(new("steps", [.. result.Steps.Select(Case)]));
        }

        if (outcome.Gates.Count > 0)
        {
            suites.Add(new("gates", [.. outcome.Gates.Select(Case)]));
        }

        return Write(outcome, suites);
    }

    private static TestCase Case(StepResult step) =>
        step.Status switch
        {
            StepStatus.Failed => new(
                step.Name,
                step.Seconds,
                "error",
                Codes(step.Diagnostics),
                step.Diagnostics.Count > 0
                    ? string.Concat(step.Diagnostics.Select(Invocation.Sources.Print))
                    : step.Reason,
                null
            ),
            StepStatus.Skipped => new(step.Name, 0, "skipped", null, step.Reason, null),
            _ => new(step.Name, step.Seconds, null, null, null, null),
        };

    private static TestCase Case(JudgedGate gate) =>
        gate.Holds switch
        {
            true => new(gate.Requirement.Text, 0, null, null, null, gate.Requirement.Place),
            false => new(
                gate.Requirement.Text,
                0,
                "failure",
                gate.Diagnostic.Code,
                gate.Explanation,
                gate.Requirement.Place
            ),
            null => new(gate.Requirement.Text, 0, "skipped", null, "there is no verdict", gate.Requirement.Place),
        };

    private static string Codes(IEnumerable<Diagnostic> found) =>
        string.Join(' ', found.Where(d => d.Severity == Severity.Error).Select(d => d.Code).Distinct());

    private static string Write(RunOutcome outcome, List<Suite> suites)
    {
        var text = new StringBuilder();
        using (
            var xml = XmlWriter.Create(
                text,
                new XmlWriterSettings
                {
                    Indent = true,
                    NewLineChars = "\n",
                    OmitXmlDeclaration = true,
                }
            )
        )
        {
            xml.WriteStartElement("testsuites");
            Counts(xml, outcome.Name, [.. suites.SelectMany(s => s.Cases)], outcome.Seconds);
            foreach (var suite in suites)
            {
                xml.WriteStartElement("testsuite");
                Counts(xml, suite.Name, suite.Cases, suite.Cases.Sum(c => c.Seconds));
                foreach (var one in suite.Cases)
                {
                    Write(xml, $"{outcome.Name}.{suite.Name}", one);
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}\n";
    }

    private static void Write(XmlWriter xml, string group, TestCase one)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", group);
        Attribute(xml, "name", one.Name);
        Attribute(xml, "time", Seconds(one.Seconds));
        if (one.Place is { } place)
        {
            Attribute(xml, "file", place.File);
            Attribute(xml, "line", place.Line.ToString(CultureInfo.InvariantCulture));
        }

        if (one.Outcome is not null)
        {
            xml.WriteStartElement(one.Outcome);
            if (one.Outcome != "skipped")
            {
                Attribute(xml, "type", one.Code ?? "");
            }

            Attribute(xml, "message", one.Text!.Split('\n')[0]);
            xml.WriteString(Legal(one.Text));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, string name, IReadOnlyList<TestCase> cases, double seconds)
    {
        string Count(string outcome) => cases.Count(c => c.Outcome == outcome).ToString(CultureInfo.InvariantCulture);
        Attribute(xml, "name", name);
        Attribute(xml, "tests", cases.Count.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "failures", Count("failure"));
        Attribute(xml, "errors", Count("error"));
        Attribute(xml, "skipped", Count("skipped"));
        Attribute(xml, "time", Seconds(seconds));
    }

    private static void Attribute(XmlWriter xml, string name, string value) =>
        xml.WriteAttributeString(name, Legal(value));

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML has no way to write most control characters, and a message may quote any row.
    private static string Legal(string text)
    {
        var legal = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]);
            legal.Append(isPair || XmlConvert.IsXmlChar(text[i]) ? text[i] : '\ufffd');
            if (isPair)
            {
                legal.Append(text[++i]);
            }
        }

        return legal.ToString();
    }

    private sealed record Suite(string Name, IReadOnlyList<TestCase> Cases);

    private sealed record TestCase(
        string Name,
        double Seconds,
        string? Outcome,
        string? Code,
        string? Text,
        SourceSpan? Place
    );
}
