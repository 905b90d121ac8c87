// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that reads the readings and writes averages to a topic of its own. */
interface Contender {

    /** A result; the sums are in millionths. */
    record Row(String key, long start, long count, long temperature, long humidity) {}

    /** Its processes. */
    interface Processes extends AutoCloseable {

        /** What the time on cores of is the contender's; the first one reads the records. */
        List<ThreadTimes> processes();

        /** How often it committed, and what that took, if it tells. */
        default String commits() throws IOException {
            return "";
        }

        /** Why it stands still, if it knows. */
        String failure() throws IOException;

        @Override
        void close() throws IOException;
    }

    /**
     * Starts it.
     *
     * @param data an empty folder for what it leaves
     */
    Processes start(Path data) throws Exception;

    /** Reads one of its results. */
    Row read(JsonNode result);
}
