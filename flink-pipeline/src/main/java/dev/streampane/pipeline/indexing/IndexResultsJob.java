// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.elasticsearch.ElasticsearchAccess;
import dev.streampane.pipeline.elasticsearch.ElasticsearchSink;
import dev.streampane.pipeline.elasticsearch.IndexRetention;
import dev.streampane.pipeline.elasticsearch.SameIndices;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.kafka.KafkaSources;
import dev.streampane.pipeline.kafka.KafkaSources.InputTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Copies window results and alerts from Kafka to Elasticsearch: {@code window-results} -> {@code window-results-<job>-<yyyy.MM>} (the newest
 * revision of each window) and {@code window-history-<job>-<yyyy.MM>} (every revision); {@code alerts} -> {@code alerts-<yyyy.MM>}. Drops the
 * monthly indices whose retention time has passed.
 *
 * <p>Elasticsearch is a view: everything in it can be written again from Kafka, any number of times. While Elasticsearch is not available, the
 * job waits.
 */
public final class IndexResultsJob extends Job {

    public static final String NAME = "index-results";

    public IndexResultsJob() {
        super(NAME, "Copies window results and alerts to Elasticsearch", IndexResultsOptions.OPTIONS);
    }

    /**
     * The topics must differ, because the topic of a record decides how it is decoded. All records are read, because a position says that
     * those below it are written.
     */
    @Override
    protected void check(JobConfig config) {
        if (config.get(JobOption.START_FROM).equals("latest")) {
            throw config.notAllowed(JobOption.START_FROM, "earliest, as positions stand for all records below them");
        }
        String alerts = config.get(JobOption.ALERTS_TOPIC);
        if (alerts.equals(config.get(JobOption.INPUT_TOPIC))) {
            throw JobOption.ALERTS_TOPIC.notAllowed(alerts, "a topic other than that of --input-topic");
        }
        config.checkInput(JobOption.ALERTS_TOPIC.name(), alerts);
        String audit = config.get(IndexResultsOptions.INDEX_AUDIT_TOPIC).orElse("");
        if (audit.equals(config.get(JobOption.INPUT_TOPIC)) || audit.equals(alerts)) {
            throw IndexResultsOptions.INDEX_AUDIT_TOPIC.notAllowed(
                    audit, "off or a topic other than those of --input-topic and --alerts-topic");
        }
        config.checkInput(IndexResultsOptions.INDEX_AUDIT_TOPIC.name(), audit);
    }

    /** True if audit lines are not indexed: the state may still have the topic of audit lines. */
    @Override
    protected boolean leavesTopicsOut(JobConfig config) {
        return config.get(IndexResultsOptions.INDEX_AUDIT_TOPIC).isEmpty();
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        Optional<String> audit = config.get(IndexResultsOptions.INDEX_AUDIT_TOPIC);
        List<InputTopic> topics = new ArrayList<>();
        topics.add(InputTopic.of(config, JobOption.INPUT_TOPIC));
        topics.add(InputTopic.of(config, JobOption.ALERTS_TOPIC));
        audit.ifPresent(topic -> topics.add(new InputTopic(IndexResultsOptions.INDEX_AUDIT_TOPIC.name(), topic)));
        var results = KafkaSources.of(
                env, config, topics, new IndexedDecoder(config.get(JobOption.ALERTS_TOPIC), audit.orElse(null)));
        ElasticsearchAccess access = ElasticsearchAccess.of(config);
        var documents = new ElasticsearchSink(
                access,
                config.get(IndexResultsOptions.FLUSH_INTERVAL),
                config.get(IndexResultsOptions.BULK_ACTIONS),
                IndexedDecoder.DOCUMENTS,
                NAME,
                config.get(JobOption.GENERATION),
                config.kafka(),
                config.get(JobOption.DEAD_LETTERS_TOPIC),
                retentions(config));
        IndexResultsTopology.build(results, new SameIndices<>(access), documents);
    }

    private static List<IndexRetention> retentions(JobConfig config) {
        return Stream.of(
                        config.get(IndexResultsOptions.RESULTS_RETENTION)
                                .map(time -> new IndexRetention("window-results", true, time)),
                        config.get(IndexResultsOptions.HISTORY_RETENTION)
                                .map(time -> new IndexRetention("window-history", true, time)),
                        config.get(IndexResultsOptions.ALERTS_RETENTION)
                                .map(time -> new IndexRetention("alerts", false, time)),
                        config.get(IndexResultsOptions.AUDIT_RETENTION)
                                .map(time -> new IndexRetention("audit", false, time)))
                .flatMap(Optional::stream)
                .toList();
    }
}
