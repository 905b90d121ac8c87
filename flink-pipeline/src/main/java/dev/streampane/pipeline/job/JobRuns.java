// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BinaryOperator;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The generations of a job, in the topic {@code job-runs}: one record per number. It is written before the run starts, and again before
 * each further start, with the state that this start continues from and the settings that it changes.
 *
 * <p>Results are ordered by generation, so a run that does not continue from state must not take a number that another run has: its
 * revisions would start at 1 again and lose against the older ones. A run that continues under a used number must do so from the newest
 * state of that number; otherwise it would publish different results under revisions that exist already.
 */
public record JobRuns(String topic, Properties kafka) {

    private static final int TIMEOUT_MS = 10_000;

    /**
     * What the topic has of a job.
     *
     * @param runs by generation
     * @param ends the offset up to which each partition was read
     */
    private record Used(NavigableMap<Integer, JobRun> runs, Map<TopicPartition, Long> ends) {}

    /**
     * Takes the run's generation: writes its record, unless the same Flink job starts again and nothing has changed. Of several starts at
     * the same time, the first in the topic goes on.
     *
     * @param files the option of the directory whose files the state refers to; empty if they are not to be checked
     * @throws BadOptionException if the number is not above all used ones and the run does not start from the newest state of that number;
     *     if newer state may have merged and deleted files of the state; or if the directory of the files is another one
     */
    void take(JobRun run, PriorState from, Optional<JobOption<Path>> files) {
        Used before = read(run.job());
        JobRun own = before.runs().get(run.generation());
        boolean isSame = own != null && own.latestJobId().equals(run.jobId());
        if (!isSame || from.isOfLaunch()) {
            check(run, from, files, before.runs(), isSame);
        }
        JobRun written = own == null ? run : own.startedAgain(run, from.checkpoint());
        if (!isSame) {
            writeFirst(written, before);
        } else if (!written.changes().equals(own.changes())) {
            write(written, before, (mine, theirs) -> mine.withAborted(theirs.aborted()));
        }
    }

    private void check(
            JobRun run,
            PriorState from,
            Optional<JobOption<Path>> files,
            NavigableMap<Integer, JobRun> used,
            boolean isSame) {
        JobRun own = used.get(run.generation());
        if (from.isPresent() && files.isPresent()) {
            checkFiles(run, from, files.get(), used.headMap(run.generation(), true));
        }
        if (isSame || own != null && from.isPresent()) {
            checkNewest(
                    run,
                    own,
                    from,
                    "; allowed is the newest state of that generation (checkpoint %d, of job %s)",
                    "a number above all that were used");
        } else if (!used.isEmpty() && run.generation() <= used.lastKey()) {
            throw BadOptionException.notAllowed(
                    JobOption.GENERATION.name(),
                    Integer.toString(run.generation()),
                    "a number above %d, the last that topic %s has of %s%s"
                            .formatted(used.lastKey(), topic, run.job(), own == null ? "" : ", or a start from state"));
        }
    }

    /** Writes the record of a start; takes it back if another start, which has read the same, was first. */
    private void writeFirst(JobRun run, Used before) {
        String jobId = run.latestJobId();
        Optional<String> known =
                Optional.ofNullable(before.runs().get(run.generation())).map(JobRun::latestJobId);
        JobRun first = write(run, before, (mine, theirs) -> {
            boolean isLater = !mine.latestJobId().equals(jobId) || known.equals(Optional.of(theirs.latestJobId()));
            return (isLater ? mine : theirs).withAborted(mine.aborted()).withAborted(theirs.aborted());
        });
        if (!first.latestJobId().equals(jobId)) {
            throw BadOptionException.notAllowed(
                    JobOption.GENERATION.name(),
                    Integer.toString(run.generation()),
                    "a number above it, as job %s was started under it at the same time"
                            .formatted(first.latestJobId()));
        }
    }

    /**
     * Refuses state that is not the newest of a generation. A generation without a checkpoint may start again from the state that it was
     * to start from.
     *
     * @param newest what is allowed: a format for the number of the newest checkpoint and its job
     * @param otherwise what else is allowed
     */
    private static void checkNewest(JobRun run, JobRun before, PriorState from, String newest, String otherwise) {
        String refused = "--%s: '%d' is not allowed with state %s"
                .formatted(JobOption.GENERATION.name(), run.generation(), from);
        try {
            from.newerOf(before).ifPresent(number -> {
                throw new BadOptionException(
                        refused + newest.formatted(number, before.latestJobId()) + ", or " + otherwise);
            });
        } catch (IOException e) {
            throw new BadOptionException(refused
                            + " while the newest state cannot be determined (%s); allowed is %s"
                                    .formatted(BadOptionException.shown(e.toString()), otherwise))
                    .retriable();
        }
    }

    private static void checkFiles(
            JobRun run, PriorState from, JobOption<Path> directory, NavigableMap<Integer, JobRun> before) {
        if (before.isEmpty()) {
            return;
        }
        JobRun writer = before.descendingMap().values().stream()
                .filter(from::isOf)
                .findFirst()
                .orElse(before.lastEntry().getValue());
        Optional<Path> files = directory.at(writer, Instant.MAX);
        before.tailMap(writer.generation(), true).descendingMap().values().stream()
                .filter(other -> directory.at(other, Instant.MAX).equals(files))
                .forEach(other -> checkNewest(
                        run,
                        other,
                        from,
                        ", because newer state may have merged and deleted its files; allowed is the newest state of %s (checkpoint %%d of generation %d, of job %%s)"
                                .formatted(run.job(), other.generation()),
                        "a start without state"));
        files.filter(there -> !directory.at(run, Instant.MAX).equals(Optional.of(there)))
                .ifPresent(there -> {
                    throw BadOptionException.notAllowed(
                            directory.name(),
                            run.latestSetting(directory.name(), ""),
                            "%s with state %s, which names files there, or a start without state"
                                    .formatted(there, from));
                });
    }

    /**
     * Adds to a run's record the transactions of other generations that it aborts. Once the brokers have forgotten these, only the record
     * distinguishes them from committed ones. Does nothing if the run has no record, because its generation was never taken.
     */
    public void addAborted(String job, int generation, Collection<String> transactionalIds) {
        Used before = read(job);
        JobRun own = before.runs().get(generation);
        if (own != null) {
            write(own.withAborted(transactionalIds), before, (mine, theirs) -> theirs.withAborted(mine.aborted()));
        }
    }

    public NavigableMap<Integer, JobRun> runs(String job) {
        return read(job).runs();
    }

    private Used read(String job) {
        return read(job, new TreeMap<>(), Map.of(), Map.of(), (earlier, later) -> later);
    }

    /**
     * Adds the records from and to these offsets to {@code used}, all of the topic if there are none; {@code merged} makes one of two
     * records of a generation.
     */
    private Used read(
            String job,
            NavigableMap<Integer, JobRun> used,
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> to,
            BinaryOperator<JobRun> merged) {
        Properties properties = kafkaWith(Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20", // closing waits for it
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "" + TIMEOUT_MS));
        var bytes = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .filter(partition -> from.isEmpty() || from.containsKey(partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            from.forEach(consumer::seek);
            Map<TopicPartition, Long> ends = from.isEmpty() ? consumer.endOffsets(partitions) : to;
            long deadline = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.offset() < ends.get(new TopicPartition(topic, record.partition()))) {
                        read(record, job, used, merged);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new BadOptionException(
                                    "--%s: '%s' could not be read to its end within %d s; allowed is a topic that can be"
                                            .formatted(JobOption.JOB_RUNS_TOPIC.name(), topic, TIMEOUT_MS / 1000))
                            .retriable();
                }
            }
            return new Used(used, ends);
        } catch (KafkaException e) {
            throw unusable(e);
        }
    }

    private static void read(
            ConsumerRecord<byte[], byte[]> record,
            String job,
            Map<Integer, JobRun> used,
            BinaryOperator<JobRun> merged) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        int slash = key.lastIndexOf('/');
        if (slash < 0 || !key.substring(0, slash).equals(job)) {
            return;
        }
        try {
            int generation = Integer.parseInt(key.substring(slash + 1));
            if (record.value() == null) {
                used.remove(generation);
            } else {
                used.merge(
                        generation,
                        JobRun.read(Json.EXACT.readTree(record.value())).orElseThrow(),
                        merged);
            }
        } catch (NumberFormatException | IOException | NoSuchElementException e) {
            throw new BadOptionException("--%s: offset %d holds no job run; allowed is the topic that holds them alone"
                    .formatted(JobOption.JOB_RUNS_TOPIC.name(), record.offset()));
        }
    }

    /**
     * Writes a record, and then what {@code merged} makes of it and of those that others have written of its generation since
     * {@code before} was read.
     *
     * @return the record that the topic has
     */
    private JobRun write(JobRun run, Used before, BinaryOperator<JobRun> merged) {
        JobRun written = run;
        RecordMetadata place = send(run);
        TopicPartition partition = new TopicPartition(topic, place.partition());
        long from = before.ends().getOrDefault(partition, 0L);
        while (from < place.offset()) {
            Used since = read(
                    run.job(),
                    new TreeMap<>(Map.of(run.generation(), written)),
                    Map.of(partition, from),
                    Map.of(partition, place.offset()),
                    merged);
            from = place.offset() + 1;
            JobRun all = since.runs().getOrDefault(run.generation(), written);
            if (!all.equals(written)) {
                written = all;
                place = send(all);
            }
        }
        return written;
    }

    private RecordMetadata send(JobRun run) {
        Properties properties = kafkaWith(Map.of(
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                "true",
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                "" + TIMEOUT_MS,
                ProducerConfig.LINGER_MS_CONFIG,
                "0",
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                "" + TIMEOUT_MS / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                "" + TIMEOUT_MS));
        var bytes = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(properties, bytes, bytes)) {
            return producer.send(
                            new ProducerRecord<>(topic, JobRun.messageKey(run.job(), run.generation()), run.json()))
                    .get();
        } catch (KafkaException e) {
            throw unusable(e);
        } catch (ExecutionException e) {
            throw unusable(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing to " + topic, e);
        }
    }

    private Properties kafkaWith(Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.putAll(more);
        return properties;
    }

    private BadOptionException unusable(Throwable cause) {
        String servers = kafka.getProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
        return cause instanceof TopicAuthorizationException
                ? Brokers.notForUser(JobOption.JOB_RUNS_TOPIC.name(), topic, servers)
                : Brokers.unusable(servers, cause);
    }
}
