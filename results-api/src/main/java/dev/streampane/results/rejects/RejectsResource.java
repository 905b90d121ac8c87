// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.audit.AuditTotals;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bulkhead;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Dead letters, late records and the records of inputs, newest first, with raw bytes and a link to the audit. Parameters: {@link RejectsQuery}. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public class RejectsResource {

    /** The parameters of {@link #deadLetters}. */
    public static final List<Parameter<?>> DEAD_LETTERS = RejectsQuery.parameters(RejectKind.DEAD_LETTER);

    /** The parameters of {@link #late}. */
    public static final List<Parameter<?>> LATE = RejectsQuery.parameters(RejectKind.LATE);

    /** The parameters of {@link #records}. */
    public static final List<Parameter<?>> RECORDS = RejectsQuery.parameters(RejectKind.INPUT);

    /** The answers, as JSON Schema in YAML. */
    public static final String SCHEMAS = rejects(
                    "DeadLetters",
                    "reason, message, id",
                    """
                      reason: {type: [string, "null"]}
                      message: {type: [string, "null"], description: "The reason in words; at most 4,096 characters, then …"}
                      id: {type: [string, "null"], description: "The refused result, for index-refused"}
                    """,
                    "window",
                    "The window whose result was refused, for index-refused")
            + rejects(
                    "LateRecords",
                    "spec, eventTime",
                    """
                      spec: {type: [string, "null"]}
                      eventTime: {type: [string, "null"], format: date-time}
                    """,
                    "windows",
                    "The windows that the record missed: those of its Kafka key, of all keys if it is one row of many")
            + list("Records", "kind", """
                      kind: {type: [string, "null"], description: "The value of the header of that name: reading, transaction, time-series, text, heartbeat"}
                    """, "", "")
            + """
            Input:
              type: object
              description: Where the input was; what is not known is null
              required: [topic, partition, offset, row, appended]
              properties:
                topic: {type: [string, "null"]}
                partition: {type: [integer, "null"]}
                offset: {type: [integer, "null"]}
                row: {type: [integer, "null"], description: "Number of the row within the input, from 0; null if the whole input is meant"}
                appended: {type: [string, "null"], format: date-time}
            RawBytes:
              type: [object, "null"]
              description: "The raw bytes, of which the first 4,096 are shown; null if there are none. Of a rejected or late input, a job passes on at most the first MiB"
              required: [bytes, cut, text, base64]
              properties:
                bytes: {type: integer, description: Number of bytes}
                cut: {type: boolean, description: Whether only the first ones are shown}
                text: {type: [string, "null"], description: "The bytes as text, without an incomplete last character; null if they are not UTF-8. Characters that are invisible, or that change how others are displayed, are JSON escapes"}
                base64: {type: string, contentEncoding: base64}
            """;

    private final RejectsLists lists;
    private final AuditTotals audit;
    private final Bulkhead running;

    RejectsResource(RejectsLists lists, AuditTotals audit, ResultsConfig config) {
        this.lists = lists;
        this.audit = audit;
        this.running = new Bulkhead(
                config.query().maxScans(),
                ProblemType.TOO_MANY_QUERIES,
                "lists of dead letters, late records and inputs' records",
                config.query().retryAfter());
    }

    /** Records that could not be decoded or were not valid, with the reason. */
    @GET
    @Path("/dead-letters")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(ref = "DeadLetters")))
    public Uni<String> deadLetters(@Context RoutingContext context) {
        return page(RejectKind.DEAD_LETTER, context);
    }

    /** Valid records that arrived after their window had closed, one per window specification. */
    @GET
    @Path("/late")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(ref = "LateRecords")))
    public Uni<String> late(@Context RoutingContext context) {
        return page(RejectKind.LATE, context);
    }

    /** All records of an input, whatever their verdict; or only its heartbeats, or only the others. */
    @GET
    @Path("/records")
    @Blocking // waits for the lock of the audit totals
    @APIResponse(responseCode = "200", description = "A page", content = @Content(schema = @Schema(ref = "Records")))
    @APIResponse(responseCode = "404", ref = "Problem404")
    public Uni<String> records(@Context RoutingContext context) {
        return page(RejectKind.INPUT, context);
    }

    private static String rejects(String name, String ownNames, String own, String link, String linked) {
        String fields = """
                      job: {type: [string, "null"]}
                      generation: {type: [integer, "null"]}
                    %s  input: {$ref: "#/components/schemas/Input"}
                    """.formatted(own);
        String links = "%s: {type: [string, \"null\"], description: \"%s\"}".formatted(link, linked);
        return list(name, "job, generation, " + ownNames + ", input", fields, ", " + link, links);
    }

    private static String list(String name, String ownNames, String own, String linkNames, String links) {
        return """
            %s:
              type: object
              required: [items, next, truncated, scannedTo]
              properties:
                items:
                  type: array
                  items:
                    type: object
                    required: [topic, partition, offset, appended, %s, key, value, malformed, links]
                    properties:
                      topic: {type: string}
                      partition: {type: integer}
                      offset: {type: integer}
                      appended: {type: string, format: date-time, description: "When it was appended to that topic; if producers set the times of an input, the time that they set"}
            %s
                      key: {$ref: "#/components/schemas/RawBytes"}
                      value: {$ref: "#/components/schemas/RawBytes"}
                      malformed: {type: array, items: {type: string}, description: "Headers of the contract that cannot be read or occur twice (in an input, the last one counts); their fields are null"}
                      links:
                        type: object
                        required: [books%s]
                        properties:
                          books: {type: [string, "null"], description: The audit that covers the input}
                          %s
                next: {type: [string, "null"], description: Where the list continues}
                truncated: {type: boolean, description: Whether there may be more records than the items}
                scannedTo: {type: [string, "null"], format: date-time, description: "Everything that was appended after this time (oldest first: before it) has been listed; null at the end of the list"}
                reason: {type: string, description: Why records are missing that `next` does not lead to}
            """.formatted(name, ownNames, own.indent(8).stripTrailing(), linkNames, links);
    }

    /** Administrators only: the content of these records is unchecked, so scopes of jobs or keys cannot be applied to it. */
    private Uni<String> page(RejectKind kind, RoutingContext context) {
        Access access = Access.of(context);
        access.checkAdmin();
        RejectsQuery query = RejectsQuery.of(kind, context.request().query());
        if (kind == RejectKind.INPUT) {
            checkInput(query.topic().orElseThrow());
        }
        return running.run(access, () -> lists.page(query, access));
    }

    /** Refuses a topic that the audit does not name as an input, for administrators, too. */
    private void checkInput(String topic) {
        boolean loaded = audit.loaded(); // before the topics: true must mean that all are known
        if (audit.coverTopic(topic)) {
            return;
        }
        if (!loaded) {
            throw ProblemException.unavailable(ProblemType.BOOKS_LOADING, Duration.ofSeconds(5));
        }
        throw ProblemException.unknown(
                ProblemType.UNKNOWN_INPUT,
                "topic",
                "the audit names no input topic '" + Parameters.shown(topic) + "'"
                        + (audit.truncated(Optional.empty())
                                ? ", and some are no longer kept: there were more than results.audit.max-partitions"
                                : ""));
    }
}
