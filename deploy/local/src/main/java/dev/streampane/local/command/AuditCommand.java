// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.Books;
import dev.streampane.local.BooksReport;
import dev.streampane.local.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code streampane audit}: checks the books from outside, without Flink. */
@Command(
        name = "audit",
        description = {
            "Checks from outside that the books balance.",
            "Each record of the inputs was counted, late, rejected or a heartbeat, once, and every",
            "closed window holds what was counted.",
            "Says balanced, settling (young windows are still open) or which check failed where",
            "(exit code 1)."
        },
        mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private DataOption data;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Brokers to ask instead of those of the stack, several with commas.")
    private String bootstrapServers;

    @Mixin private KafkaConfigOption kafka;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        BooksReport report =
                Books.check(
                        kafka.client(
                                bootstrapServers == null
                                        ? data.running().bootstrapServers()
                                        : bootstrapServers));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Http.JSON.writeValueAsString(report));
        } else {
            out.println(report.verdict().name().toLowerCase(Locale.ROOT));
            report.counts().forEach((what, count) -> out.printf("  %-22s %,d%n", what, count));
            report.findings().forEach(finding -> print(out, "failed", finding));
            report.alarms().forEach(alarm -> print(out, "alarm", alarm));
        }
        return report.verdict() == BooksReport.Verdict.BROKEN ? 1 : 0;
    }

    private static void print(PrintWriter out, String what, BooksReport.Finding finding) {
        out.printf(
                "  %s: %s of %s, generation %d, %s%s: %s%n",
                what,
                finding.check(),
                finding.job(),
                finding.generation(),
                finding.topic(),
                finding.partition() < 0 ? "" : "-" + finding.partition(),
                finding.detail());
    }
}
