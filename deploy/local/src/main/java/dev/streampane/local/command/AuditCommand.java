// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.audit.AuditCheck;
import dev.streampane.local.audit.AuditReport;
import dev.streampane.local.audit.IndexAudit;
import dev.streampane.local.audit.IndexReport;
import dev.streampane.local.audit.IndexedLog;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane audit}: reconciles inputs, results and audit lines from outside, without Flink. */
@Command(
        name = "audit",
        description = {"Checks from outside that every record is accounted for.", """
            Each record of the inputs was counted, late, rejected or a heartbeat, once, and
            every closed window holds what was counted.
            Says balanced, settling (young windows are still open) or which check failed
            where (exit code 1).
            With --index, also compares Elasticsearch with the logs of results and alerts."""},
        footer = """

                Examples:
                  streampane audit --index
                  streampane audit --index --repair""")
final class AuditCommand extends StackCommand {

    /** Labels of the counts, in the order in which they are printed. */
    private static final Map<String, String> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("lines", "audit lines");
        UNITS.put("records", "records");
        UNITS.put("counted", "rows counted");
        UNITS.put("late", "rows late");
        UNITS.put("rejected", "rows rejected");
        UNITS.put("heartbeats", "heartbeats");
        UNITS.put("corrections", "rows corrected");
        UNITS.put("aborted", "records aborted");
        UNITS.put("markers", "markers");
        UNITS.put("unaudited", "offsets unaudited");
        UNITS.put("balanced", "window ends balanced");
        UNITS.put("settling", "window ends settling");
        UNITS.put("expired", "window ends expired");
    }

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Brokers to use instead of those of the stack, comma-separated.")
    private String bootstrapServers;

    @Mixin
    private KafkaConfigOption kafka;

    @Option(
            names = "--index",
            description = "Compares every result and alert in Elasticsearch with the log,"
                    + " audit lines where they are indexed: missing, different and"
                    + " extra documents, and indices without the aliases or the"
                    + " mapping of their templates (exit code 1).")
    private boolean index;

    @Option(
            names = "--repair",
            description = "With --index: writes missing and different documents again,"
                    + " as the log has them, and adds missing aliases. Extra documents"
                    + " stay; exit code 0 when"
                    + " no difference is left.")
    private boolean repair;

    @Mixin
    private ElasticsearchOption elasticsearch;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (repair && !index) {
            throw wrongUse("--repair needs --index");
        }
        if (elasticsearch.url().isPresent() && !index) {
            throw wrongUse("--elasticsearch needs --index");
        }
        if (index && bootstrapServers != null && elasticsearch.url().isEmpty()) {
            throw wrongUse("--index needs --elasticsearch with --bootstrap-servers");
        }
        Map<String, Object> client = bootstrapServers == null
                ? kafka.client(data().answering().bootstrapServers())
                : kafka.answering(bootstrapServers);
        AuditReport audit = AuditCheck.check(client);
        Optional<IndexReport> documents = index ? Optional.of(compare(client)) : Optional.empty();
        if (json) {
            ObjectNode report = Http.JSON.valueToTree(audit);
            documents.ifPresent(found -> report.set("index", Http.JSON.valueToTree(found)));
            out().println(report);
        } else {
            print(audit);
            documents.ifPresent(this::print);
        }
        return audit.verdict() == AuditReport.Verdict.BROKEN
                        || documents
                                .filter(found -> found.wrong() > 0
                                        || !found.wrongIndices().isEmpty())
                                .isPresent()
                ? 1
                : 0;
    }

    private IndexReport compare(Map<String, Object> client) {
        URI url = elasticsearch.url().orElseGet(() -> data().running().url(StackPort.ELASTICSEARCH));
        try {
            return IndexAudit.check(
                    client, IndexedLog.all(client), url, elasticsearch.access(), repair, line -> progress(json, line));
        } catch (IOException e) {
            throw StackException.notRunning(
                    "Elasticsearch on " + url + " gives an unexpected answer: " + e.getMessage(), e);
        } finally {
            progress(json, "");
        }
    }

    private void print(AuditReport report) {
        PrintWriter out = out();
        out.println(report.verdict().name().toLowerCase(Locale.ROOT));
        UNITS.forEach((name, unit) -> {
            if (report.counts().containsKey(name)) {
                printCount(unit, report.count(name));
            }
        });
        report.findings().forEach(finding -> print(out, "failed", finding));
        report.alarms().forEach(alarm -> print(out, "alarm", alarm));
    }

    private void print(IndexReport report) {
        PrintWriter out = out();
        out.println(verdict(report));
        printCount("documents right", report.right());
        printCount("documents missing", report.missing());
        printCount("documents different", report.different());
        printCount("documents extra", report.extra());
        printCount("documents repaired", report.repaired());
        printCount("documents settling", report.settling());
        printCount("documents expired", report.expired());
        report.withoutPosition()
                .forEach(partition -> out.printf(
                        "  no position: %s: index-results has not begun, or Elasticsearch was emptied%n", partition));
        report.wrongIndices().forEach(one -> out.printf("  wrong index: %s: %s%n", one.index(), one.detail()));
        report.findings()
                .forEach(one ->
                        out.printf("  %s: %s/_doc/%s: %s%n", one.problem(), one.index(), one.id(), one.detail()));
    }

    private static String verdict(IndexReport report) {
        if (report.wrong() > 0) {
            return "index differs from the log";
        }
        if (!report.wrongIndices().isEmpty()) {
            return "indices are not as their templates make them";
        }
        return report.settling() > 0
                ? "index equals the log up to the position of index-results"
                : "index equals the log";
    }

    private static void print(PrintWriter out, String what, AuditReport.Finding finding) {
        out.printf(
                "  %s: %s %s%s%s: %s%n",
                what,
                finding.check(),
                finding.job().isEmpty()
                        ? "record in "
                        : "of %s, generation %d, ".formatted(finding.job(), finding.generation()),
                finding.topic(),
                finding.partition() < 0 ? "" : "-" + finding.partition(),
                finding.detail());
    }
}
