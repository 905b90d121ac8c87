// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import java.util.Comparator;

/**
 * Whose books: one partition of one life of a topic, as one generation of a job read it.
 *
 * @param job the job's name
 * @param generation number of the generation
 * @param topic input topic
 * @param topicId the topic's id
 * @param partition partition of the topic
 */
record PartitionKey(String job, int generation, String topic, String topicId, int partition) {

    static final Comparator<PartitionKey> ORDER = Comparator.comparing(PartitionKey::job)
            .thenComparing(Comparator.comparing(PartitionKey::generation).reversed())
            .thenComparing(PartitionKey::topic)
            .thenComparing(PartitionKey::topicId)
            .thenComparing(PartitionKey::partition);
}
