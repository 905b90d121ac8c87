// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import dev.streampane.local.server.Checkout;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Results as jobs write them, and the files of the contracts. */
public final class Fixtures {

    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Fixtures() {}

    /** The first minute of results. */
    public static final Instant SIX = Instant.parse("2026-11-20T06:00:00Z");

    /** The id of a one-minute window. */
    public static String id(String job, String key, Instant start) {
        return "%s~tumbling-1m~%s~%s~%s"
                .formatted(job, key, ID_TIME.format(start), ID_TIME.format(start.plusSeconds(60)));
    }

    /** A first revision, valid under window-result/v1. */
    public static String result(String job, String key, Instant start) {
        return result(job, key, start, 1, 1, true);
    }

    /** A revision, valid under window-result/v1. */
    public static String result(String job, String key, Instant start, int generation, int rev, boolean complete) {
        return """
               {"id":"%s","job":"%s","spec":"tumbling(1m)","key":"%s",\
               "window":{"kind":"tumbling","start":"%s","end":"%s","zone":"UTC"},\
               "generation":%d,"rev":%d,"status":"%s","cause":"watermark","complete":%s,\
               "values":{"avg_load":19.380000,"min_load":-0.500000},"sums":{"load":"581400000"},\
               "count":30,"late":0,"minEventTime":"%s","maxEventTime":"%s","watermark":null,\
               "inputs":[{"topic":"device-readings","partition":0,"first":1200,"last":1290}],\
               "jobVersion":"1.0.0"}""".formatted(
                        id(job, key, start),
                        job,
                        key,
                        start,
                        start.plusSeconds(60),
                        generation,
                        rev,
                        rev == 1 ? "FINAL" : "REVISED",
                        complete,
                        start,
                        start.plusSeconds(58));
    }

    /** An alert about a client, valid under alert/v1; no other one of it has that number. */
    public static String alert(String client, int number) {
        return text(contract("alert").resolve("examples/small-then-large.json"))
                .replace("~7~transactions-2-4711", "~" + client + "~transactions-2-" + number)
                .replace("\"client\":\"7\"", "\"client\":\"" + client + "\"");
    }

    /** The first start of a job's generation, valid under job-run/v1; {@code inputTopic} null where it names none. */
    public static String jobRun(String job, int generation, String spec, String inputTopic) {
        return """
               {"job":"%s","generation":%d,"jobId":"x","specs":[%s],"settings":{%s},\
               "started":"2026-11-20T05:59:58Z","jobVersion":"1.0.0"}""".formatted(
                        job,
                        generation,
                        spec == null ? "" : "\"" + spec + "\"",
                        inputTopic == null ? "" : "\"input-topic\":\"" + inputTopic + "\"");
    }

    /**
     * What a job says of a record that it did not count.
     *
     * @param name {@code reason} of a dead letter, {@code spec} of a late record
     */
    public static Map<String, String> rejectHeaders(String job, String name, String cause) {
        return Map.of(
                "job",
                job,
                "generation",
                "1",
                name,
                cause,
                "message",
                "an example",
                "topic",
                "device-readings",
                "partition",
                "0",
                "offset",
                "1203",
                "append-time",
                "2026-11-20T06:00:00.012Z");
    }

    /** An empty record of a device, with headers. */
    public static ProducerRecord<byte[], byte[]> record(String topic, int partition, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> one = new ProducerRecord<>(
                topic,
                partition,
                null,
                "device1".getBytes(StandardCharsets.UTF_8),
                "{}".getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> one.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return one;
    }

    /** The files in a folder of a contract, by name. */
    public static List<Path> contractFiles(String contract, String folder) {
        try (Stream<Path> files = Files.list(contract(contract).resolve(folder))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The examples of a contract by id; several are of one id, which each has a number behind here. */
    public static Map<String, String> examples(String contract) {
        Map<String, String> examples = new HashMap<>();
        for (Path file : contractFiles(contract, "examples")) {
            String id = JsonPath.from(text(file)).getString("id");
            String own = id + "-" + examples.size();
            examples.put(own, text(file).replace("\"" + id + "\"", "\"" + own + "\""));
        }
        return examples;
    }

    /** The folder of a contract's version 1. */
    public static Path contract(String contract) {
        return Checkout.root().resolve("deploy/schemas").resolve(contract).resolve("v1");
    }

    /** The bytes of a file. */
    public static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a file. */
    public static String text(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }
}
