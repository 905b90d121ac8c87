// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.paging.ConcurrencyLimits;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.security.Access;
import dev.streampane.results.windows.WindowResource;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** {@code /api/v1/windows/{id}/explain}: whether a result follows from the inputs. */
@Path("/api/v1/windows")
@Produces(MediaType.APPLICATION_JSON)
public class ExplainResource {

    /** The parameters of {@link #explain}. */
    public static final List<Parameter<?>> ONE = List.of(WindowResource.ID, ReadConsistency.PARAMETER);

    /** Its answers, as JSON Schema in YAML. */
    public static final String SCHEMAS = """
            Explanation:
              type: object
              description: Whether a window follows from its inputs.
              required: [id, verdict, summary, compared, findings, differences, unchecked, seconds, position]
              properties:
                id: {type: string}
                verdict: {type: string, enum: [equal, different, retracted, expired, unaudited]}
                summary: {type: string, description: "The verdict in a sentence"}
                settling: {type: boolean, description: "Whether records can still come to the window"}
                scope: {type: string, enum: [window, inputs], description: "What was read: all audit lines in which records of the window can have been counted, or only the offsets that the result names"}
                read:
                  type: object
                  description: Numbers of the rows that were read, by what became of them; `inWindow`, `otherWindows` and `otherKeys` are counted rows; a caller who may read only some keys of the job gets only `corrected`, `inWindow` and `otherWindows`, and no `lines`
                  additionalProperties: {type: integer}
                lineCount: {type: integer, description: "Number of audit lines that were used"}
                lines:
                  type: array
                  description: The first 100 of these lines, with clock, horizon and settings; `agrees` says whether the inputs give the line's counts, clock and horizon, and is null if only a part of the line was read
                  items: {type: object}
                findings: {type: array, items: {type: string}, description: "What differs from what, or what is missing; each begins with document, log, audit or inputs"}
                compared: {type: array, items: {type: string, enum: [document, history, memory, log]}, description: "What was there to be compared; if the document is missing, its place is taken by its history, or by what this process has of the log in memory. What is not named here says nothing about any field"}
                differences:
                  type: array
                  description: Fields that differ, with the value of each of the three; `document` is the value of the history or of the memory if that was compared instead
                  items:
                    type: object
                    required: [field]
                    properties: {field: {type: string}, document: {}, log: {}, recomputed: {}}
                omitted: {type: object, description: "The window as it is with the records that the result omits"}
                expired: {type: object, description: "topic, partition, firstNeeded and firstThere"}
                unaudited: {type: object, description: "topic, partition, first and last of offsets that no audit line covers"}
                log: {type: object, description: "Place in the log of the record from which the document was made"}
                recomputed: {type: object, description: "The fields of the result that follow from the inputs, and the id that follows from job, spec, key and window"}
                unchecked: {type: array, items: {type: string}, description: "The fields of the result that were compared with nothing else than document and log"}
                seconds: {type: number}
                position: {type: string, description: "The answer holds up to this position of the log"}
            """;

    private final Explainer explainer;
    private final TailAndStore results;
    private final ReadConsistency consistency;
    private final ConcurrencyLimits limits;

    ExplainResource(Explainer explainer, TailAndStore results, ReadConsistency consistency, ConcurrencyLimits limits) {
        this.explainer = explainer;
        this.results = results;
        this.consistency = consistency;
        this.limits = limits;
    }

    /** Recomputes the newest revision of one window from its inputs and the audit lines that cover them, and compares. */
    @GET
    @Path("/{id}/explain")
    @APIResponse(responseCode = "200", description = """
                    `verdict`: `equal`; `different` (`findings` say what differs from what, `differences` list the fields); `retracted` (the
                    window no longer exists; `summary` says so if the cause could not be checked); `expired` (inputs are no longer in the log;
                    `expired` names the first offset needed and the first one there); `unaudited` (no audit line covers some offsets: it is not
                    written yet, or has expired; `unaudited` names these offsets). `settling` is true while records can still come to the window.
                    `status`, `rev` and `generation` are compared with the earlier revisions in the log, `cause` with the status, and the
                    watermark only with the window's end. Of a retraction, `merged` is compared with the longer session in the log, `superseded`
                    with the runs of the job. `unchecked` lists the fields that were compared with nothing else than document and log, or
                    can no longer be checked against the log. A window whose document is missing although the log has it is `different`.
                    """, content = @Content(schema = @Schema(ref = "Explanation")))
    @APIResponse(responseCode = "404", ref = "Problem404")
    @APIResponse(
            responseCode = "422",
            description = "The result is not recomputable here, or takes too much (then `command` recomputes it)",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(ref = "Problem")))
    public Uni<RestResponse<String>> explain(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), ONE);
        Requirement wanted = consistency.of(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        return consistency.reached(wanted, access).chain(() -> explain(id, wanted, access));
    }

    private Uni<RestResponse<String>> explain(String id, Requirement wanted, Access access) {
        return results.read(wanted, index -> index.newest(id)).chain(read -> limits.pages()
                .run(access, () -> explainer.find(id, read.found(), read.shown().complete(), access))
                .map(found -> found.orElseThrow(() -> consistency.missing("window", id, read.shown())))
                .chain(subject -> explainer.explain(subject, access).map(answer -> ofOwnKeys(answer, access, subject)))
                .map(answer -> answer(answer, read.shown())));
    }

    /** Removes counts over all keys if the caller may not read every key of the job. */
    private static ObjectNode ofOwnKeys(ObjectNode answer, Access access, ExplainedWindow subject) {
        if (!subject.versions()
                .allMatch(version -> access.mayRead(version.path("job").asText(), ""))) {
            answer.remove(List.of("lineCount", "lines"));
            if (answer.get("read") instanceof ObjectNode read) {
                read.retain("corrected", "inWindow", "otherWindows");
            }
        }
        return answer;
    }

    private static RestResponse<String> answer(ObjectNode answer, Coverage shown) {
        String position = shown.position().toString();
        return ResponseBuilder.ok(answer.put("position", position).toString())
                .header("Streampane-Position", position)
                .header("Cache-Control", "no-store")
                .build();
    }
}
