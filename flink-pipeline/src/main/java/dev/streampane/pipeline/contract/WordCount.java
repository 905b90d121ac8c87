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
 * @param count how often the word has been counted; for {@link Op#UPDATE_BEFORE} the count that the next row replaces
 */
public record WordCount(Op op, String word, long count) {

    /** What a row does to a table of counts. */
    public enum Op {
        /** Adds a word that the table does not have. */
        INSERT("+I"),
        /** Removes a word's row; the new row follows at once. */
        UPDATE_BEFORE("-U"),
        /** Adds the new row in the place of the removed one. */
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

    /** The row as Flink prints it: {@code +U[catalog, 2]}. */
    public String row() {
        return op.text + '[' + word + ", " + count + ']';
    }

    /** The row as a Kafka record. */
    public Output output() {
        return new Output(Channel.WORD_COUNTS, word.getBytes(StandardCharsets.UTF_8), Json.of(this));
    }
}
