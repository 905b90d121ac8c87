// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.job.JobKind;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobOptions;
import dev.streampane.pipeline.job.OptionType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

public final class WordCountOptions {

    static final JobOptions OPTIONS = new JobOptions(
            JobKind.COUNTING,
            JobOption.STATE_TTL,
            JobOption.WORD_COUNTS_TOPIC,
            JobOption.PARALLELISM.withFallback("1"),
            JobOption.COMMIT_PAUSE.withFallback("500ms"));

    public static final JobOption<TextSource> SOURCE =
            OPTIONS.add("source", "datagen", TextSource.type(), "Text to count the words of");

    public static final JobOption<Integer> WORDS_PER_SECOND = OPTIONS.add(
            "words-per-second",
            "5",
            OptionType.integer(1, 1_000_000),
            "Words that datagen makes per second, over all subtasks");

    public static final JobOption<Optional<Duration>> WATCH_INTERVAL = OPTIONS.add(
            "watch-interval",
            "off",
            OptionType.offOr(OptionType.duration("100ms", "1h")),
            "Interval of checks for new files of file: and dir:; off: existing files are read, and the job ends");

    public static final JobOption<String> STARTS_WITH =
            OPTIONS.add("starts-with", "", wordPrefix(), "Prefix of the words to count");

    public static final JobOption<ChangelogTargets> OUTPUT = OPTIONS.add(
            "output",
            "topic",
            ChangelogTargets.type(),
            "Where the changelog goes: --word-counts-topic, the TaskManager's standard output, files");

    private WordCountOptions() {}

    /** The beginning of a word; the empty text is the beginning of every word. */
    private static OptionType<String> wordPrefix() {
        return new OptionType<>(
                "a text of up to 256 bytes without white space and control characters; empty: every word", text -> {
                    OptionType.require(text.getBytes(StandardCharsets.UTF_8).length <= 256);
                    OptionType.require(text.codePoints()
                            .noneMatch(c -> Character.isISOControl(c)
                                    || Character.isWhitespace(c)
                                    || Character.isSpaceChar(c)));
                    return text;
                });
    }
}
