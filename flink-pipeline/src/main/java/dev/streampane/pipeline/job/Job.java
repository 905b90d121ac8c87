// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A job of the catalogue; {@link JobCatalog} finds the implementations listed in {@code
 * META-INF/services}.
 */
public interface Job {

    /** The name: first argument of {@link JobCatalog}, name in Flink, {@code job} of every result. */
    String name();

    /** One line for {@code --help}. */
    String summary();

    /** Whether it reads or writes a topic under these options. One that does not needs no brokers, and its generation stands nowhere. */
    default boolean usesKafka(JobConfig config) {
        return true;
    }

    /**
     * Adds sources, operators and sinks to {@code env}; looks at the brokers, starts nothing.
     *
     * @throws BadOptionException when what the options name is not there
     */
    void define(StreamExecutionEnvironment env, JobConfig config);
}
