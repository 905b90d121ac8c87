// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WordCount;
import dev.streampane.pipeline.intake.Admission;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.kafka.KafkaSinks;
import dev.streampane.pipeline.kafka.KafkaSources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Counts the words of {@code --source} and writes a changelog to {@code word-counts}, or to the targets of {@code --output}. */
public final class WordCountJob extends Job {

    public static final String NAME = "word-count";

    private static final Pattern HIDDEN = Pattern.compile("(^|/)[._]");

    public WordCountJob() {
        super(NAME, "Running count per word, as a changelog", WordCountOptions.OPTIONS);
    }

    @Override
    protected void check(JobConfig config) {
        TextSource source = config.get(WordCountOptions.SOURCE);
        if (!(source instanceof TextSource.Files)
                && config.get(WordCountOptions.WATCH_INTERVAL).isPresent()) {
            throw config.notAllowed(WordCountOptions.WATCH_INTERVAL, "off with a --source other than file: and dir:");
        }
        JobOption<Integer> rate = WordCountOptions.WORDS_PER_SECOND;
        if (!(source instanceof TextSource.Datagen)
                && !config.settings().get(rate.name()).equals(rate.fallback())) {
            throw config.notAllowed(rate, rate.fallback() + ", the default, with a --source other than datagen");
        }
        if (source instanceof TextSource.Topic topic) {
            config.checkInput(WordCountOptions.SOURCE.name(), topic.name());
            if (config.get(WordCountOptions.OUTPUT).topic()) {
                config.checkInput(WordCountOptions.SOURCE.name(), topic.name(), JobOption.WORD_COUNTS_TOPIC);
            }
        }
        if (source instanceof TextSource.Files files
                && config.get(WordCountOptions.OUTPUT)
                        .directory()
                        .filter(directory -> finds(files.path(), directory))
                        .isPresent()) {
            throw config.notAllowed(
                    WordCountOptions.OUTPUT, "a DIR that does not lie in --source, where its rows would be text again");
        }
    }

    /**
     * Whether a source that reads directory {@code read} would find files in {@code written}; sources skip names that begin with a dot or an
     * underscore.
     */
    private static boolean finds(Path read, Path written) {
        String root = read + (read.toString().endsWith("/") ? "" : "/");
        String names = written + "/";
        return names.startsWith(root)
                && !HIDDEN.matcher(names.substring(root.length())).find();
    }

    @Override
    public boolean usesKafka(JobConfig config) {
        return config.get(WordCountOptions.SOURCE) instanceof TextSource.Topic
                || config.get(WordCountOptions.OUTPUT).topic();
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        TextSource source = config.get(WordCountOptions.SOURCE);
        Optional<Admission<String>> admitted = Optional.empty();
        DataStream<String> words;
        if (source instanceof TextSource.Topic topic) {
            admitted = Optional.of(admit(env, config, topic.name()));
            words = WordCountTopology.words(admitted.get());
        } else {
            boolean endless = !(source instanceof TextSource.Files)
                    || config.get(WordCountOptions.WATCH_INTERVAL).isPresent();
            words = WordCountTopology.words(
                    lines(env, config, source),
                    source.toString(),
                    endless ? "" : config.settings().get(WordCountOptions.SOURCE.name()));
        }
        DataStream<WordCount> changes = WordCountTopology.count(
                words,
                config.get(WordCountOptions.STARTS_WITH),
                config.get(JobOption.STATE_TTL).orElse(Duration.ZERO),
                config.isBatch());
        write(changes, admitted.map(Admission::reports), config);
    }

    private static Admission<String> admit(StreamExecutionEnvironment env, JobConfig config, String topic) {
        var input = new KafkaSources.InputTopic(WordCountOptions.SOURCE.name(), topic);
        return WordCountTopology.admit(
                KafkaSources.of(env, config, List.of(input), new WordDecoder()), config.intake());
    }

    private static DataStream<byte[]> lines(StreamExecutionEnvironment env, JobConfig config, TextSource source) {
        if (source instanceof TextSource.Files files) {
            return WordSources.files(env, config, files);
        }
        return source instanceof TextSource.Socket socket
                ? WordSources.socket(env, config, socket)
                : WordSources.datagen(env, config);
    }

    /** Writes the changes to the targets of {@code --output}, and the reports always to their topics. */
    private static void write(DataStream<WordCount> changes, Optional<DataStream<Output>> reports, JobConfig config) {
        ChangelogTargets targets = config.get(WordCountOptions.OUTPUT);
        Optional<DataStream<Output>> changelog =
                targets.topic() ? Optional.of(WordCountTopology.outputs(changes)) : Optional.empty();
        changelog
                .map(outputs -> reports.map(outputs::union).orElse(outputs))
                .or(() -> reports)
                .ifPresent(outputs -> KafkaSinks.exactlyOnce(outputs, config));
        if (targets.console()) {
            WordSinks.console(changes);
        }
        targets.directory().ifPresent(directory -> WordSinks.files(changes, directory));
    }
}
