// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.contract.Output.Channel;
import java.nio.charset.StandardCharsets;

/**
 * One row of the changelog of counts. Contract {@code word-count/v1}; the Kafka key is the word.
 *
 * <p>A word that is seen twice: {@code +I[catalog, 1] | -U[catalog, 1] +U[catalog, 2]}.
 *
 * @param count how often the word has been counted; of {@link Op#UPDATE_BEFORE} the count that the next row replaces
 */
public record WordCount(Op op, String word, long count) {

    /** What a row does to a table of counts. */
    public enum Op {
        /** A word that the table does not have. */
        INSERT("+I"),
        /** Takes back a word's row; its new one follows at once. */
        UPDATE_BEFORE("-U"),
        /** Puts a row in the place of the one that was taken back. */
        UPDATE_AFTER("+U");

        private final String text;

        Op(String text) {
            this.text = text;
        }

        @JsonValue
        public String text() {
            return text;
        }
    }

    /** {@code +U[catalog, 2]}, as Flink shows a row. */
    public String row() {
        return op.text + '[' + word + ", " + count + ']';
    }

    /** As it is written. */
    public Output output() {
        return new Output(Channel.WORD_COUNTS, word.getBytes(StandardCharsets.UTF_8), Json.of(this));
    }
}
