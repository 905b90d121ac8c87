// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs what is submitted; a job's state, its failure and what it refuses are the test's. */
public final class FakeFlink implements AutoCloseable {
    private final HttpServer server;
    public final List<JsonNode> submissions = new CopyOnWriteArrayList<>();
    final List<String> stops = new CopyOnWriteArrayList<>();
    public final List<ObjectNode> jobs = new CopyOnWriteArrayList<>();
    public final List<String> jars = new CopyOnWriteArrayList<>();
    final AtomicInteger uploads = new AtomicInteger();
    public volatile Set<String> down = Set.of();
    volatile Set<String> hung = Set.of();
    volatile String failure = "";

    /** The state of what is submitted. */
    volatile String begins = "RUNNING";

    volatile boolean stale;
    volatile String refusedOption = "";
    volatile Set<String> refusingJobs = Set.of();
    volatile int slots = 8;
    public volatile int freeSlots = 8;
    volatile String savepoint = "file:///state/savepoint-1";
    volatile Runnable whenStopped = () -> {};
    public volatile Consumer<JsonNode> whenRun = submission -> {};

    /** What a job's source has read; empty while its tasks have reported nothing. */
    public volatile OptionalLong recordsRead = OptionalLong.empty();

    /** Starts what is submitted, and the answer gets lost. */
    volatile boolean losesAnswers;

    /** Tells of no job yet. */
    volatile boolean starting;

    public FakeFlink() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        ObjectNode answer = Http.JSON.createObjectNode();
        int status = 200;
        if (hung.contains(path)) {
            return;
        }
        if (down.contains(path)) {
            exchange.close();
            return;
        }
        if (path.equals("/overview")) {
            answer.put("slots-total", slots);
            answer.put("slots-available", freeSlots);
        } else if (path.equals("/jobs/overview")) {
            answer.putArray("jobs").addAll(starting ? List.of() : jobs);
        } else if (path.equals("/jars/upload")) {
            String jar = "some-job-%d.jar".formatted(uploads.incrementAndGet());
            answer.put("filename", "/tmp/upload/" + jar);
            jars.add(jar);
        } else if (path.equals("/jars")) {
            ArrayNode files = answer.putArray("files");
            for (String jar : jars) {
                ObjectNode file = files.addObject().put("id", jar).put("uploaded", files.size());
                file.putArray("entry").addObject().put("name", jar.startsWith("other") ? "org.Other" : FlinkRest.MAIN);
            }
        } else if (path.endsWith("/run")) {
            String jar = path.split("/")[2];
            status = jars.contains(jar) && !jar.startsWith("other") ? run(Http.JSON.readTree(body), answer) : 400;
            if (losesAnswers) {
                exchange.close();
                return;
            }
        } else if (path.endsWith("/stop")) {
            if (!savepoint.isEmpty()) {
                end(path.split("/")[2], "FINISHED");
                whenStopped.run();
            }
            answer.put("request-id", "r1");
            stops.add(Http.JSON.readTree(body).path("targetDirectory").asText());
        } else if (path.contains("/savepoints/")) {
            answer.putObject("status").put("id", "COMPLETED");
            ObjectNode operation = answer.putObject("operation");
            if (savepoint.isEmpty()) {
                operation
                        .putObject("failure-cause")
                        .put("class", "java.util.concurrent.CompletionException")
                        .put(
                                "stack-trace",
                                "java.util.concurrent.CompletionException: …\n\tat a.B\nCaused by: CheckpointException: expired\n");
            } else {
                operation.put("location", savepoint);
            }
        } else if (exchange.getRequestMethod().equals("PATCH")) {
            end(path.substring(6), "CANCELED");
        } else if (path.matches("/jobs/[0-9a-f]{32}")) {
            answer.put("state", stale ? "RUNNING" : stateOf(path.substring(6)));
            answer.putArray("vertices").addObject().put("id", "v1");
        } else if (path.endsWith("/exceptions")) {
            answer.putObject("exceptionHistory").putArray("entries").addObject().put("stacktrace", failure);
        }
        byte[] bytes = (path.endsWith("/vertices/v1/subtasks/metrics")
                        ? metrics(exchange.getRequestURI().getQuery() != null)
                        : answer)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** The number of records that a job has read, once its tasks have reported; those of chained operators count others. */
    private ArrayNode metrics(boolean values) {
        ArrayNode metrics = Http.JSON.createArrayNode();
        if (recordsRead.isPresent()) {
            metrics.addObject().put("id", "combine.numRecordsIn").put("sum", 3);
            ObjectNode source = metrics.addObject().put("id", "Source__device-readings.numRecordsIn");
            if (values) {
                metrics.remove(0);
                source.put("sum", recordsRead.getAsLong());
            }
        }
        return metrics;
    }

    public void end(String id, String state) {
        jobs.stream().filter(job -> job.path("jid").asText().equals(id)).forEach(job -> {
            job.put("state", state);
            ((ObjectNode) job.get("tasks")).put("running", 0);
        });
    }

    private String stateOf(String id) {
        return jobs.stream()
                .filter(job -> job.path("jid").asText().equals(id))
                .findFirst()
                .orElseThrow()
                .path("state")
                .asText();
    }

    /** Flink's id of a job, in the order of submissions. */
    public String id(int number) {
        return jobs.get(number).path("jid").asText();
    }

    private int run(JsonNode submission, ObjectNode answer) {
        whenRun.accept(submission);
        String job = submission.path("programArgsList").path(0).asText();
        if (refusingJobs.contains(job)
                && submission.path("programArgsList").toString().contains("--" + refusedOption)) {
            answer.putArray("errors")
                    .add("org.apache.flink.Wrapping: a trace\nCaused by: dev.streampane.BadOptionException: --"
                            + refusedOption
                            + " is no option of "
                            + job
                            + "; allowed are others\n\tat line");
            return 400;
        }
        String id = submission.path("jobId").asText();
        submissions.add(submission);
        if (jobs.stream().anyMatch(known -> known.path("jid").asText().equals(id))) {
            answer.putArray("errors")
                    .add(
                            "org.apache.flink.Wrapping: a trace\nCaused by: org.apache.flink.runtime.client.DuplicateApplicationSubmissionException: Application has already been submitted.\n\tat line");
            return 400;
        }
        ObjectNode running = Http.JSON.createObjectNode();
        running.put("jid", id).put("name", job).put("state", begins);
        running.putObject("tasks").put("total", 2).put("running", 2);
        jobs.add(running);
        answer.put("jobid", id);
        return 200;
    }
}
