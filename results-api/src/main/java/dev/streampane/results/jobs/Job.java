// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.JobRun;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.NewestWindow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A job as {@code GET /api/v1/jobs} shows it.
 *
 * @param job name
 * @param generation newest generation
 * @param specs window specifications
 * @param jobVersion version of the job jar; null if no run is known
 * @param started when that generation was first started; null if no run is known
 * @param lastWindow the window that ends last and is not retracted; null if there is none
 */
record Job(
        String job,
        int generation,
        List<String> specs,
        @Schema(nullable = true) String jobVersion,
        @Schema(nullable = true) Instant started,
        @Schema(nullable = true) NewestWindow lastWindow) {

    /** The same job, without its window if {@code access} may not read that. */
    Job readBy(Access access) {
        boolean shown = lastWindow == null || access.mayRead(job, lastWindow.key());
        return shown ? this : new Job(job, generation, specs, jobVersion, started, null);
    }

    /** The job from its results in Elasticsearch: highest generation, specifications and the window that ends last and is not retracted. */
    static Job stored(JsonNode bucket) {
        JsonNode last = bucket.at("/held/last/hits/hits/0/_source");
        return new Job(
                bucket.path("key").asText(),
                bucket.at("/generation/value").asInt(),
                bucket.at("/specs/buckets").findValuesAsText("key"),
                null,
                null,
                last.isMissingNode() ? null : window(last));
    }

    private static NewestWindow window(JsonNode result) {
        return new NewestWindow(
                result.path("id").asText(),
                result.path("key").asText(),
                ResultJson.time(result.at("/window/start")),
                ResultJson.time(result.at("/window/end")),
                result.path("generation").asInt());
    }

    /**
     * Combines what the run, the store and the feed know about a job; each may know nothing. The store may not show yet that its window was
     * retracted, so a window is shown only if {@code held}.
     */
    static Job of(
            String name,
            Optional<JobRun> run,
            Optional<Job> stored,
            Optional<NewestWindow> fed,
            Predicate<NewestWindow> held) {
        int generation = IntStream.of(
                        run.map(JobRun::generation).orElse(0),
                        stored.map(Job::generation).orElse(0),
                        fed.map(NewestWindow::generation).orElse(0))
                .max()
                .orElseThrow();
        NewestWindow window = Stream.concat(stored.map(Job::lastWindow).stream(), fed.stream())
                .filter(held)
                .reduce((kept, next) -> next.end().isAfter(kept.end()) ? next : kept)
                .orElse(null);
        return new Job(
                name,
                generation,
                run.map(JobRun::specs).or(() -> stored.map(Job::specs)).orElse(List.of()),
                run.map(JobRun::latestVersion).orElse(null),
                run.map(JobRun::started).orElse(null),
                window);
    }
}
