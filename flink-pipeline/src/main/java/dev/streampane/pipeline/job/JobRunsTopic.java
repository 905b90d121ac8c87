// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BinaryOperator;
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

/** Reads and writes the topic {@code job-runs}, whose key is a job and a generation. */
record JobRunsTopic(String topic, Properties kafka) {

    private static final int TIMEOUT_MS = 10_000;

    /**
     * What the topic has of a job.
     *
     * @param runs by generation
     * @param ends the offset up to which each partition was read
     */
    record Used(NavigableMap<Integer, JobRun> runs, Map<TopicPartition, Long> ends) {}

    /** Reads the topic to its end. */
    Used read(String job) {
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
    JobRun write(JobRun run, Used before, BinaryOperator<JobRun> merged) {
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
        Properties properties = (Properties) kafka.clone();
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
