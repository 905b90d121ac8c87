// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/**
 * The words that {@code --source datagen} generates: number n has a pseudo-random id from 0 to 17, and each id has a word. The same number has
 * the same word in every run.
 */
final class Vocabulary implements GeneratorFunction<Long, byte[]> {

    /** The words, in the order of their ids. */
    static final List<String> WORDS = List.of(
            "flink",
            "window",
            "timer",
            "event_time",
            "processing_time",
            "state",
            "connector",
            "pyflink",
            "checkpoint",
            "watermark",
            "sideoutput",
            "sql",
            "datastream",
            "broadcast",
            "asyncio",
            "catalog",
            "batch",
            "streaming");

    @Override
    public byte[] map(Long number) {
        return word(id(number)).getBytes(StandardCharsets.UTF_8);
    }

    /** The id of a number: {@code 0..17}. */
    static int id(long number) {
        return new SplittableRandom(number).nextInt(WORDS.size());
    }

    static String word(int id) {
        return WORDS.get(id);
    }
}
