// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.contract.TransactionalId;
import java.io.Serializable;
import java.util.Optional;

/**
 * A run of a job, as in its transactional ids: {@code <job>-<generation>-<subtask>-<checkpoint>}.
 *
 * <p>The checkpoint is the one that promises the transaction: with state of checkpoint N, ids up to N are promised and those above are
 * orphans.
 */
record Generation(String job, int number) implements Serializable {

    static final int UNKNOWN = 0;

    /** The prefix of the ids; the connector adds subtask and checkpoint. */
    String prefix() {
        return job + '-' + number;
    }

    /** The generation in a prefix; empty if the prefix is of another job. */
    Optional<Integer> ofPrefix(String prefix) {
        return TransactionalId.parse(prefix + "-0-0")
                .filter(id -> id.job().equals(job))
                .map(TransactionalId::generation);
    }

    /**
     * Whether the id is of an older generation, and not promised by checkpoint {@code upTo} of generation {@code held}.
     *
     * @param held the generation of the state; {@link #UNKNOWN} keeps what any generation may have promised
     * @param upTo the state's checkpoint; -1 for a start without state
     */
    boolean outdates(String transactionalId, int held, long upTo) {
        return TransactionalId.parse(transactionalId)
                .filter(id -> id.job().equals(job) && id.generation() < number)
                .filter(id -> held != UNKNOWN && held != id.generation() || id.checkpoint() > upTo)
                .isPresent();
    }
}
