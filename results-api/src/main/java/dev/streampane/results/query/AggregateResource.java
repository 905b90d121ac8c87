// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/windows/aggregate}: windows rolled up into longer ones. */
@Path("/api/v1/windows/aggregate")
@Produces(MediaType.APPLICATION_JSON)
public class AggregateResource {

    private final Aggregates aggregates;
    private final JobSpecs specs;
    private final Measures measures;
    private final JobDirectory jobs;
    private final AtLeast atLeast;
    private final Running running;

    AggregateResource(
            Aggregates aggregates,
            JobSpecs specs,
            Measures measures,
            JobDirectory jobs,
            AtLeast atLeast,
            Running running) {
        this.atLeast = atLeast;
        this.running = running;
        this.aggregates = aggregates;
        this.specs = specs;
        this.measures = measures;
        this.jobs = jobs;
    }

    /**
     * Buckets that have windows: of {@code interval}, oldest first, where a window belongs to the bucket of its start; or of keys, by their
     * values. Parameters: {@link AggregateQuery}.
     */
    @GET
    public Uni<RestResponse<String>> aggregate(@Context RoutingContext context) {
        Access access = Access.of(context);
        AggregateQuery query = AggregateQuery.of(context.request().query(), access, atLeast::of);
        return atLeast.reached(query.atLeast(), access)
                .chain(() -> running.scans().run(access, () -> answer(query)));
    }

    private Uni<RestResponse<String>> answer(AggregateQuery query) {
        return specs.of(query.job(), query.atLeast())
                .chain(known -> known.tail().isEmpty() ? nothing(query, known.shown()) : rolledUp(query, known));
    }

    private Uni<RestResponse<String>> rolledUp(AggregateQuery asked, TailAndStore.Read<SortedSet<String>> known) {
        AggregateQuery query = asked.withSpec(toRollUp(asked, known));
        return measures.of(query)
                .chain(metric -> metric.isEmpty() && query.measures()
                        ? nothing(query, known.shown())
                        : aggregates.of(query, metric).map(rolled -> answer(query, rolled)));
    }

    /** What is wrong with the specification is not known while results are missing. */
    private String toRollUp(AggregateQuery asked, TailAndStore.Read<SortedSet<String>> known) {
        try {
            return JobSpecs.toRollUp(asked.spec(), known.tail());
        } catch (ProblemException e) {
            throw known.shown().complete() ? e : atLeast.behind();
        }
    }

    private Uni<RestResponse<String>> nothing(AggregateQuery query, AtLeast.Shown shown) {
        return jobs.unknown(query.job()).map(unknown -> {
            if (unknown) {
                throw shown.complete() ? JobDirectory.unknownJob(query.job()) : atLeast.behind();
            }
            return answer(query, new Aggregates.Rolled(List.of(), shown.reason(), shown.position()));
        });
    }

    private static RestResponse<String> answer(AggregateQuery query, Aggregates.Rolled rolled) {
        List<ObjectNode> shown = query.grouping().shown(rolled.buckets());
        ObjectNode body = new ResultPage(shown, Optional.empty(), rolled.reason(), rolled.position()).json();
        body.put("job", query.job());
        query.spec().ifPresent(spec -> body.put("spec", spec));
        query.metric().ifPresent(metric -> body.put("metric", metric));
        body.put("fn", query.fn().word());
        query.grouping().describe(body, rolled.buckets().size());
        body.put(
                "exact",
                rolled.reason().isEmpty()
                        && rolled.buckets().stream()
                                .allMatch(bucket -> bucket.path("exact").asBoolean()));
        body.put(
                "incomplete",
                rolled.buckets().stream()
                        .mapToLong(bucket -> bucket.path("incomplete").asLong())
                        .sum());
        return ResultPage.answer(body, rolled.position(), Optional.empty());
    }
}
