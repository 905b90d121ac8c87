// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A client of the parts of Flink's REST interface that the stack uses (its version 1, as of Flink 2.3).
 *
 * @param patience timeout of a request; {@link #run} has a longer one
 */
public record FlinkRest(URI url, Duration patience) {

    /** How the result of {@link #stopped} begins when no savepoint was made. */
    public static final String NO_SAVEPOINT = "no savepoint";

    /** The metric with the number of records that a source has not read yet. */
    public static final String PENDING_RECORDS = ".*\\.pendingRecords";

    /** The metric with the number of records that a source has read since its task started. */
    public static final String RECORDS_READ = "Source__[^.]*\\.numRecordsIn";

    /** The main class of the pipeline's jar; its first argument is the job. */
    public static final String MAIN = "dev.streampane.pipeline.job.JobCatalog";

    private static final Pattern INNERMOST_CAUSE = Pattern.compile("(?s)(?:.*\nCaused by: )?([^\n]*).*");
    private static final Pattern TAKEN = Pattern.compile("Duplicate(Job|Application)SubmissionException");

    /** Timeout of {@link #run}: Flink answers after the job's main method, which asks the brokers. */
    private static final Duration RUN_PATIENCE = Duration.ofMinutes(2);

    public FlinkRest(URI url) {
        this(url, Http.PATIENCE);
    }

    /**
     * One job.
     *
     * @param state such as RUNNING, RESTARTING or FAILED
     * @param tasks number of its tasks
     * @param runningTasks number of its tasks that run
     */
    public record Job(String id, String name, String state, int tasks, int runningTasks) {

        /** Whether it has failed, was canceled or has finished. */
        public boolean isOver() {
            return state.matches("FAILED|CANCELED|FINISHED");
        }

        /** Whether every task runs. */
        public boolean isUp() {
            return state.equals("RUNNING") && tasks > 0 && runningTasks == tasks;
        }
    }

    /** Slots of all TaskManagers that the JobManager knows. */
    public int slots() throws IOException {
        return get("/overview").path("slots-total").asInt();
    }

    /** Slots that no job has. */
    public int freeSlots() throws IOException {
        return get("/overview").path("slots-available").asInt();
    }

    /** All jobs that the JobManager remembers. */
    public List<Job> jobs() throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            JsonNode tasks = job.path("tasks");
            jobs.add(new Job(
                    job.path("jid").asText(),
                    job.path("name").asText(),
                    job.path("state").asText(),
                    tasks.path("total").asInt(),
                    tasks.path("running").asInt()));
        }
        return jobs;
    }

    /** The job of this id; empty when the JobManager does not know it. */
    public Optional<Job> job(String id) throws IOException {
        return jobs().stream().filter(job -> job.id().equals(id)).findFirst();
    }

    /** The job of this name that has not ended. */
    public Optional<Job> active(String name) throws IOException {
        return jobs().stream()
                .filter(job -> job.name().equals(name) && !job.isOver())
                .findFirst();
    }

    /** Uploads a jar; the result is its id for {@link #run}. */
    public String upload(Path jar) throws IOException {
        String boundary = "streampane-" + Long.toHexString(System.nanoTime());
        String head = "--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                + jar.getFileName()
                + "\"\r\nContent-Type: application/java-archive\r\n\r\n";
        HttpRequest.Builder request = request("/jars/upload")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.concat(
                        BodyPublishers.ofString(head),
                        BodyPublishers.ofFile(jar),
                        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")));
        String file = Http.send(request, patience).path("filename").asText();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** Whether the JobManager still has the jar that was uploaded under this id. */
    public boolean hasJar(String id) throws IOException {
        return get("/jars").path("files").findValuesAsText("id").contains(id);
    }

    /** An id that no job has. */
    public static String newJobId() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /**
     * The id of the newest of the pipeline's jars that were uploaded.
     *
     * @throws IOException when there is none
     */
    public String jar() throws IOException {
        return get("/jars")
                .path("files")
                .valueStream()
                .filter(file -> file.findValuesAsText("name").contains(MAIN))
                .max(Comparator.comparingLong(file -> file.path("uploaded").asLong()))
                .map(file -> file.path("id").asText())
                .orElseThrow(() -> new IOException("Flink has no jar of the jobs"));
    }

    /**
     * Starts a job of an uploaded jar.
     *
     * @param state checkpoint or savepoint to go on from
     * @param claim whether the job takes the state over, and deletes it when it has a newer one
     * @param id id of the job; Flink accepts each once, so that a request that was not answered can be repeated
     * @return the job's id
     * @throws Http.StatusException when the job's main method throws, or Flink already has a job of this id ({@link #isTaken})
     */
    public String run(
            String jarId, String mainClass, List<String> arguments, Optional<Path> state, boolean claim, String id)
            throws IOException {
        ObjectNode body = Http.JSON.createObjectNode();
        body.put("entryClass", mainClass).put("jobId", id);
        arguments.forEach(body.putArray("programArgsList")::add);
        state.ifPresent(path -> body.put("savepointPath", FlinkPaths.text(path))
                .put("claimMode", claim ? "CLAIM" : "NO_CLAIM")
                .put("allowNonRestoredState", false));
        return Http.send(post(request("/jars/" + jarId + "/run"), body), RUN_PATIENCE)
                .path("jobid")
                .asText();
    }

    /** Whether an answer to {@link #run} says that Flink has accepted a job of this id before. */
    public static boolean isTaken(Http.StatusException answer) {
        return TAKEN.matcher(answer.getMessage()).find();
    }

    /** Asks a job to stop with a savepoint below {@code folder} (see {@link FlinkPaths}); the result is the request's id. */
    public String stop(String jobId, String folder) throws IOException {
        ObjectNode body = Http.JSON.createObjectNode();
        body.put("targetDirectory", folder).put("drain", false);
        return post("/jobs/" + jobId + "/stop", body).path("request-id").asText();
    }

    /** The result of {@link #stop}: empty while the savepoint is under way, else the savepoint's path, or {@link #NO_SAVEPOINT} and the reason. */
    public Optional<String> stopped(String jobId, String requestId) throws IOException {
        JsonNode answer = get("/jobs/" + jobId + "/savepoints/" + requestId);
        if (!answer.path("status").path("id").asText().equals("COMPLETED")) {
            return Optional.empty();
        }
        JsonNode operation = answer.path("operation");
        String trace = operation.at("/failure-cause/stack-trace").asText();
        return Optional.of(
                operation.hasNonNull("location")
                        ? operation.path("location").asText()
                        : NO_SAVEPOINT + ": " + INNERMOST_CAUSE.matcher(trace).replaceFirst("$1"));
    }

    /** Ends a job without a savepoint. */
    public void cancel(String jobId) throws IOException {
        Http.send(request("/jobs/" + jobId + "?mode=cancel").method("PATCH", BodyPublishers.noBody()), patience);
    }

    /** The stack trace of the newest failure of a job; empty when there was none. */
    public String failure(String jobId) throws IOException {
        JsonNode entries =
                get("/jobs/" + jobId + "/exceptions").path("exceptionHistory").path("entries");
        return entries.path(0).path("stacktrace").asText("");
    }

    /**
     * The stack trace of the failure that ended a job. Empty until Flink reports the job as failed: its answers about one job are up to
     * three seconds old (web.refresh-interval), and until then name an earlier failure, or none.
     */
    public Optional<String> endOf(String jobId) throws IOException {
        return get("/jobs/" + jobId).path("state").asText().equals("FAILED")
                ? Optional.of(failure(jobId))
                : Optional.empty();
    }

    /** Flink's statistics of a job's checkpoints, the newest completed one among them. */
    public JsonNode checkpoints(String jobId) throws IOException {
        return get("/jobs/" + jobId + "/checkpoints");
    }

    /**
     * How often the job's tasks were restarted since it was submitted, by their attempts: Flink's metrics stand still while it waits
     * for those of a TaskManager that has died.
     */
    public int restarts(String jobId) throws IOException {
        int most = 0;
        for (JsonNode vertex : vertices(jobId)) {
            String tasks =
                    "/jobs/%s/vertices/%s".formatted(jobId, vertex.path("id").asText());
            for (JsonNode subtask : get(tasks).path("subtasks")) {
                most = Math.max(most, subtask.path("attempt").asInt());
            }
        }
        return most;
    }

    /** The highest parallelism of the job's operators. */
    public int parallelism(String jobId) throws IOException {
        return vertices(jobId)
                .valueStream()
                .mapToInt(vertex -> vertex.path("parallelism").asInt())
                .max()
                .orElse(0);
    }

    /** The argument for {@link #sum} of the job's first metric whose name matches {@code name}; empty while no task has it. */
    public Optional<String> metric(String jobId, String name) throws IOException {
        for (JsonNode vertex : vertices(jobId)) {
            String metrics = "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            for (JsonNode metric : get(metrics)) {
                String id = metric.path("id").asText();
                if (id.matches(name)) {
                    return Optional.of(metrics + "?agg=sum&get=" + URLEncoder.encode(id, StandardCharsets.UTF_8));
                }
            }
        }
        return Optional.empty();
    }

    /** The sum of a metric over a task's subtasks, by their last reports; empty when none has reported it. */
    public Optional<Long> sum(String where) throws IOException {
        JsonNode sum = get(where).at("/0/sum");
        return sum.isNumber() ? Optional.of(sum.asLong()) : Optional.empty();
    }

    /** The job's tasks, each with all of its subtasks. */
    private JsonNode vertices(String jobId) throws IOException {
        return get("/jobs/" + jobId).path("vertices");
    }

    private JsonNode get(String path) throws IOException {
        return Http.send(request(path).GET(), patience);
    }

    private JsonNode post(String path, ObjectNode body) throws IOException {
        return Http.send(post(request(path), body), patience);
    }

    private static HttpRequest.Builder post(HttpRequest.Builder request, ObjectNode body) {
        return request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path));
    }
}
