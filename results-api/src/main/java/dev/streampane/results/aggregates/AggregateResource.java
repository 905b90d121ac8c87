// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.aggregates.Rollup.Rolled;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.TailAndStore.Answer;
import dev.streampane.results.jobs.JobDirectory;
import dev.streampane.results.jobs.JobSpecs;
import dev.streampane.results.paging.ConcurrencyLimits;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import java.util.SortedSet;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/windows/aggregate}: windows rolled up into longer ones. */
@Path("/api/v1/windows/aggregate")
@Produces(MediaType.APPLICATION_JSON)
public class AggregateResource {

    /** Its answers, as JSON Schema in YAML. */
    public static final String SCHEMAS = """
            Aggregate:
              type: object
              required: [items, next, truncated, position, job, fn, exact, incomplete]
              properties:
                items: {type: array, items: {type: object}}
                next: {type: "null"}
                truncated: {type: boolean, description: "Whether windows may be missing (`reason` says why), or there are more keys than `top`"}
                reason: {type: string, enum: [store-behind]}
                position: {type: string}
                job: {type: string}
                spec: {type: string}
                metric: {type: string}
                fn: {type: string}
                exact: {type: boolean, description: "Whether all buckets are exact, also those of keys that are left out"}
                incomplete: {type: integer}
              oneOf:
                - required: [interval, zone]
                  properties:
                    items: {items: {$ref: "#/components/schemas/IntervalBucket"}}
                    interval: {type: string}
                    zone: {type: string}
                - required: [groupBy, keys]
                  properties:
                    items: {items: {$ref: "#/components/schemas/KeyBucket"}}
                    groupBy: {type: string, enum: [key]}
                    keys: {type: integer, description: Number of all keys}
            IntervalBucket:
              allOf:
                - {$ref: "#/components/schemas/Bucket"}
                - {required: [start, end], properties: {start: {type: string, format: date-time}, end: {type: string, format: date-time}}}
            KeyBucket:
              allOf:
                - {$ref: "#/components/schemas/Bucket"}
                - {required: [key], properties: {key: {type: string}}}
            Bucket:
              type: object
              required: [value, count, windows, incomplete, exact, whole]
              properties:
                value: {type: number}
                count: {type: integer, description: Number of records that its windows counted}
                windows: {type: integer}
                incomplete: {type: integer, description: Number of its windows that may lack earlier records}
                exact: {type: boolean}
                whole: {type: boolean, description: Whether none of its windows ends after the bucket}
            """;

    private final Aggregates aggregates;
    private final JobSpecs specs;
    private final Measures measures;
    private final JobDirectory jobs;
    private final ReadConsistency consistency;
    private final ConcurrencyLimits limits;

    AggregateResource(
            Aggregates aggregates,
            JobSpecs specs,
            Measures measures,
            JobDirectory jobs,
            ReadConsistency consistency,
            ConcurrencyLimits limits) {
        this.aggregates = aggregates;
        this.specs = specs;
        this.measures = measures;
        this.jobs = jobs;
        this.consistency = consistency;
        this.limits = limits;
    }

    /**
     * The buckets that have windows. Buckets of an {@code interval} come oldest first, and a window belongs to the bucket of its start. Buckets
     * of keys are ordered by value. Parameters: {@link AggregateQuery}.
     */
    @GET
    @APIResponse(
            responseCode = "200",
            description = "Buckets: at most 10,000, oldest first, or the `top` ones by value",
            content = @Content(schema = @Schema(ref = "Aggregate")))
    @APIResponse(responseCode = "404", ref = "Problem404")
    @APIResponse(responseCode = "422", ref = "Problem422")
    public Uni<RestResponse<String>> aggregate(@Context RoutingContext context) {
        Access access = Access.of(context);
        AggregateQuery query = AggregateQuery.of(context.request().query(), access, consistency);
        return consistency.reached(query.atLeast(), access).chain(() -> limits.scans()
                .run(access, () -> answer(query)));
    }

    private Uni<RestResponse<String>> answer(AggregateQuery query) {
        return specs.of(query.job(), query.atLeast())
                .chain(known -> known.found().isEmpty() ? nothing(query, known.shown()) : rolledUp(query, known));
    }

    private Uni<RestResponse<String>> rolledUp(AggregateQuery asked, Answer<SortedSet<String>> known) {
        AggregateQuery query =
                asked.withSpec(consistency.found(known.shown(), () -> JobSpecs.toRollUp(asked.spec(), known.found())));
        return measures.of(query)
                .chain(measure -> measure.isEmpty() && query.measures()
                        ? nothing(query, known.shown())
                        : aggregates.of(query.with(measure)).map(rolled -> answer(query, rolled)));
    }

    private Uni<RestResponse<String>> nothing(AggregateQuery query, Coverage shown) {
        return jobs.unknown(query.job()).map(unknown -> {
            if (unknown) {
                throw shown.complete() ? JobDirectory.unknownJob(query.job()) : consistency.behind();
            }
            return answer(query, new Answer<>(Rolled.NOTHING, shown));
        });
    }

    private static RestResponse<String> answer(AggregateQuery query, Answer<Rolled> answer) {
        Rolled rolled = answer.found();
        Coverage shown = answer.shown();
        ObjectNode body = new ResultPage(rolled.items(), Optional.empty(), shown.reason(), shown.position()).json();
        body.put("job", query.job());
        query.spec().ifPresent(spec -> body.put("spec", spec));
        query.metric().ifPresent(metric -> body.put("metric", metric));
        body.put("fn", query.fn().word());
        query.grouping().describe(body, rolled.groups());
        body.put("exact", shown.complete() && rolled.exact());
        body.put("incomplete", rolled.incomplete());
        return ResultPage.answer(body, Optional.of(shown.position()));
    }
}
