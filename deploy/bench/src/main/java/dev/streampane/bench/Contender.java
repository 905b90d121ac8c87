// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that reads the readings and writes averages to its own topic. */
interface Contender {

    /** A result; the sums are in millionths. */
    record Row(String key, long start, long count, long temperature, long humidity) {}

    /** The processes of a running contender. */
    interface Processes extends AutoCloseable {

        /** CPU times of the processes; the first process reads the records. */
        List<ThreadTimes> processes();

        /** How often the contender committed, and how long that took; empty if it does not report this. */
        default String commits() throws IOException {
            return "";
        }

        /** Why the contender makes no progress, as far as it reports this. */
        String failure() throws IOException;

        @Override
        void close() throws IOException;
    }

    /**
     * Starts the contender.
     *
     * @param data a folder for its files, which does not exist yet
     */
    Processes start(Path data) throws Exception;

    /** Parses a result. */
    Row read(JsonNode result);
}
