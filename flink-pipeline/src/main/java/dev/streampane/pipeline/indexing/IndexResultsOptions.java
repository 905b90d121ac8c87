// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.elasticsearch.ElasticsearchAccess;
import dev.streampane.pipeline.job.JobKind;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobOptions;
import dev.streampane.pipeline.job.OptionType;
import java.time.Duration;
import java.util.Optional;

/** The options of index-results. */
public final class IndexResultsOptions {

    static final JobOptions OPTIONS = new JobOptions(
            JobKind.READING,
            JobOption.INPUT_TOPIC.withFallback("window-results"),
            JobOption.ALERTS_TOPIC,
            JobOption.CHECKPOINT_INTERVAL.withFallback("10s"),
            ElasticsearchAccess.URL,
            ElasticsearchAccess.CA_FILE,
            ElasticsearchAccess.API_KEY_FILE);

    public static final JobOption<Duration> FLUSH_INTERVAL = OPTIONS.add(
            "flush-interval", "100ms", OptionType.duration("10ms", "1m"), "Maximum time until a document is flushed");

    public static final JobOption<Integer> BULK_ACTIONS =
            OPTIONS.add("bulk-actions", "1000", OptionType.integer(1, 100_000), "Maximum documents in a bulk request");

    public static final JobOption<Optional<String>> INDEX_AUDIT_TOPIC = OPTIONS.add(
            "index-audit-topic",
            "off",
            OptionType.offOr(OptionType.topic()),
            "Topic of audit lines, to be indexed as well: what was counted, late and rejected");

    public static final JobOption<Optional<Duration>> RESULTS_RETENTION =
            retention("results-retention", "window-results-<job>-<yyyy.MM>");

    public static final JobOption<Optional<Duration>> HISTORY_RETENTION =
            retention("history-retention", "window-history-<job>-<yyyy.MM>");

    public static final JobOption<Optional<Duration>> ALERTS_RETENTION =
            retention("alerts-retention", "alerts-<yyyy.MM>");

    public static final JobOption<Optional<Duration>> AUDIT_RETENTION = retention("audit-retention", "audit-<yyyy.MM>");

    private IndexResultsOptions() {}

    private static JobOption<Optional<Duration>> retention(String name, String indices) {
        return OPTIONS.add(
                name,
                "off",
                OptionType.offOr(OptionType.duration("1d", "36500d")),
                "How long an index " + indices + " is kept after the end of its month");
    }
}
