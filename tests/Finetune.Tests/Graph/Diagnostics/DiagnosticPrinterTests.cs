using Finetune.Graph.Diagnostics;

namespace Finetune.Tests.Graph.Diagnostics;

public sealed class DiagnosticPrinterTests
{
    [Fact]
    public void Prints_all_there_is()
    {
        var d = new Diagnostic(
            "FT1203",
            "unknown key 'promt'",
            new SourceSpan("a b.yml", 2, 2, 5),
            "templates.ask.promt",
            "did you mean 'prompt'?",
            7
        );
        Assert.Equal(
            "a b.yml:2:2: error FT1203: unknown key 'promt'\n  2 | \tpromt: x\n    | \t^^^^^\n  at: templates.ask.promt\n  row: 7\n  cure: did you mean 'prompt'?\n",
            DiagnosticPrinter.Print(d, _ => "x: 1\r\n\tpromt: x\r\n")
        );
    }

    [Fact]
    public void Prints_what_there_is()
    {
        var d = new Diagnostic("FT6001", "damaged", Severity: Severity.Warning);
        Assert.Equal("warning FT6001: damaged\n", DiagnosticPrinter.Print(d, _ => null));
        Assert.Equal(
            "f:9:9: warning FT6001: damaged\n",
            DiagnosticPrinter.Print(d with { Span = new SourceSpan("f", 9, 9) }, _ => "short")
        );
    }

    [Fact]
    public void A_very_long_line_is_shown_around_the_fault()
    {
        var d = new Diagnostic("FT1", "m", new SourceSpan("f", 1, 1001, 3));
        var lines = DiagnosticPrinter.Print(d, _ => new string('a', 1000) + "XYZ" + new string('b', 1000)).Split('\n');
        Assert.Equal(166, lines[1].Length);
        Assert.Equal(
            lines[1].IndexOf("XYZ", StringComparison.Ordinal),
            lines[2].IndexOf("^^^", StringComparison.Ordinal)
        );
    }
}
