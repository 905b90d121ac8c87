// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WordCount;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.intake.Admission;
import dev.streampane.pipeline.intake.Counted;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.state.OutputSerializer;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Counts words as a changelog.
 *
 * <p>Texts {@code "flink window"} and {@code "flink"}: {@code +I[flink, 1] | +I[window, 1] | -U[flink, 1] +U[flink, 2]}.
 */
final class WordCountTopology {

    private WordCountTopology() {}

    /** The words of Kafka records with the verdict COUNTED, and the reports of all records. */
    static Admission<String> admit(DataStream<Decoded<String>> decoded, IntakeSettings settings) {
        return Admission.of(decoded, Types.STRING, settings, "word-intake");
    }

    static DataStream<String> words(Admission<String> admitted) {
        return admitted.counted()
                .map(Counted::value)
                .returns(Types.STRING)
                .setParallelism(admitted.counted().getParallelism())
                .uid("words-of-records")
                .name("words-of-records");
    }

    static DataStream<String> words(DataStream<byte[]> lines, String source, String once) {
        return lines.flatMap(new WordsOfLines(source, once))
                .setParallelism(lines.getParallelism())
                .uid("words-of-lines")
                .name("words-of-lines");
    }

    /**
     * The changelog of counts. The rows of a word come from one subtask, in order.
     *
     * @param startsWith the beginning of the words to count; empty for every word
     * @param timeToLive how long a word is kept after it came last; zero = for ever
     * @param finalOnly whether the count of a word is written once, at the end of the input
     */
    static DataStream<WordCount> count(
            DataStream<String> words, String startsWith, Duration timeToLive, boolean finalOnly) {
        return words.filter(new StartsWith(startsWith))
                .setParallelism(words.getParallelism())
                .uid("starts-with")
                .name("starts-with")
                .keyBy(word -> word, Types.STRING)
                .process(new CountWords(timeToLive, finalOnly))
                .returns(WordCount.class)
                .uid("count-per-word")
                .name("count-per-word");
    }

    static DataStream<Output> outputs(DataStream<WordCount> changes) {
        return changes.map(WordCount::output)
                .returns(OutputSerializer.TYPE)
                .setParallelism(changes.getParallelism())
                .uid("changelog")
                .name("changelog");
    }
}
