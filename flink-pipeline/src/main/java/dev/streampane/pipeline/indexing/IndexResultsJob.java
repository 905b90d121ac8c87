// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.io.ElasticsearchSink;
import dev.streampane.pipeline.io.KafkaSources;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Copies window results from the log to Elasticsearch: {@code window-results} -> {@code window-results-<job>-<yyyy.MM>} (the newest
 * revision of each window) and {@code window-history-<job>-<yyyy.MM>} (every revision).
 *
 * <p>Elasticsearch is a view: everything in it can be written again from the log, any number of times. While it is away the job waits.
 */
public final class IndexResultsJob implements Job {

    /** The job's name. */
    public static final String NAME = "index-results";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String summary() {
        return "Copies window results to Elasticsearch";
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        var results = KafkaSources.of(env, config, new ResultDecoder());
        var documents =
                new ElasticsearchSink<>(
                        new ToIndexRequest(),
                        ToIndexRequest.DOCUMENTS,
                        new ElasticsearchSink.Settings(
                                config.get(JobOption.ELASTICSEARCH_URL),
                                config.get(JobOption.FLUSH_INTERVAL),
                                config.get(JobOption.BULK_ACTIONS),
                                NAME,
                                config.get(JobOption.GENERATION),
                                config.kafka(),
                                config.get(JobOption.DEAD_LETTERS_TOPIC)));
        IndexResultsTopology.build(results, documents);
    }
}
