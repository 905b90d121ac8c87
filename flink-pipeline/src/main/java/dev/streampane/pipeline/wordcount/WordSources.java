// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.DefaultFileFilter;
import org.apache.flink.connector.file.src.enumerate.FileEnumerator;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sources of lines other than Kafka: their words have no audit line. */
final class WordSources {

    private static final Logger LOG = LoggerFactory.getLogger(WordSources.class);

    /**
     * How long after its last change a watched file is read again when decompression fails: a copy may pause, but a broken file delays all
     * others.
     */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private WordSources() {}

    /** Generated words, one per line. */
    static DataStream<byte[]> datagen(StreamExecutionEnvironment env, JobConfig config) {
        refuseBatch(config, "datagen");
        var words = new DataGeneratorSource<>(
                new Vocabulary(),
                Long.MAX_VALUE,
                RateLimiterStrategy.perSecond(config.get(WordCountOptions.WORDS_PER_SECOND)),
                LineFormat.TYPE);
        return env.fromSource(words, WatermarkStrategy.noWatermarks(), "datagen-source")
                .setParallelism(1) // each subtask of the first start has a share of the rate
                .uid("datagen-source");
    }

    /** The lines of one file, or of all files of a directory and its subdirectories. */
    static DataStream<byte[]> files(StreamExecutionEnvironment env, JobConfig config, TextSource.Files files) {
        Optional<Duration> watch = config.get(WordCountOptions.WATCH_INTERVAL);
        var builder = FileSource.forBulkFileFormat(
                new LineFormat(watch.isPresent() ? SETTLING : Duration.ZERO), files.path());
        boolean watched = watch.isPresent();
        builder.setFileEnumerator(() -> enumerator(watched));
        if (watch.isPresent()) {
            refuseBatch(config, "--watch-interval");
            builder.monitorContinuously(watch.get());
        } else if (!"remote".equals(env.getConfiguration().get(DeploymentOptions.TARGET))) {
            checkThere(files);
        }
        return env.fromSource(builder.build(), WatermarkStrategy.noWatermarks(), "file-source")
                .uid("file-source");
    }

    /**
     * Finds files; the id of a file is its path, in every scan. In directories, names that begin with a dot or an underscore are skipped.
     *
     * @param watched whether a path that does not exist yet has no files; otherwise that is an error
     */
    static FileEnumerator enumerator(boolean watched) {
        return (paths, atLeast) -> {
            List<Path> present = new ArrayList<>();
            for (Path path : paths) {
                if (!watched || path.getFileSystem().exists(path)) {
                    present.add(path);
                }
            }
            Set<String> asked = present.stream().map(Path::getPath).collect(Collectors.toSet());
            var inside = new DefaultFileFilter();
            return new NonSplittingRecursiveEnumerator(path -> asked.contains(path.getPath()) || inside.test(path))
                    .enumerateSplits(present.toArray(Path[]::new), atLeast).stream()
                            .map(split -> new FileSourceSplit(
                                    split.path().toString(),
                                    split.path(),
                                    split.offset(),
                                    split.length(),
                                    split.fileModificationTime(),
                                    split.fileSize(),
                                    split.hostnames()))
                            .toList();
        };
    }

    static DataStream<byte[]> socket(StreamExecutionEnvironment env, JobConfig config, TextSource.Socket socket) {
        refuseBatch(config, "socket:");
        LOG.warn(
                "Words of a socket are counted at most once: what comes between a checkpoint and a failure, or while nobody is connected, is not counted, host={} port={}",
                socket.host(),
                socket.port());
        return env.fromSource(
                        new SocketSource(socket.host(), socket.port()),
                        WatermarkStrategy.noWatermarks(),
                        "socket-source",
                        LineFormat.TYPE)
                .setParallelism(1)
                .uid("socket-source");
    }

    private static void refuseBatch(JobConfig config, String what) {
        if (config.isBatch()) {
            throw new BadOptionException(
                    "--mode: 'batch' is not allowed with %s, which has no end; allowed is streaming".formatted(what));
        }
    }

    private static void checkThere(TextSource.Files files) {
        Path path = files.path();
        String allowed = files.directory() ? "a directory" : "a file";
        try {
            FileStatus status = path.getFileSystem().getFileStatus(path);
            if (status.isDir() == files.directory()) {
                return;
            }
        } catch (IOException e) {
            allowed += " that is there, or --watch-interval to wait for it";
        }
        throw WordCountOptions.SOURCE.notAllowed(path.toString(), allowed);
    }
}
