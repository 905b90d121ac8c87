// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
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
              required: [id, verdict, summary, compared, findings, differences, seconds, position]
              properties:
                id: {type: string}
                verdict: {type: string, enum: [equal, different, retracted, expired, unaudited]}
                summary: {type: string, description: "The verdict in a sentence"}
                settling: {type: boolean, description: "Records can still come to the window"}
                scope: {type: string, enum: [window, inputs], description: "What was read: all lines in which records of the window can have been counted, or the offsets that the result names"}
                read:
                  type: object
                  description: What became of the rows that were read; `inWindow`, `otherWindows` and `otherKeys` are counted rows; whoever may read some keys of the job alone gets `corrected`, `inWindow` and `otherWindows`, and no `lines`
                  additionalProperties: {type: integer}
                lineCount: {type: integer, description: "Audit lines that were read by"}
                lines:
                  type: array
                  description: The first 100 of them, with clock, horizon and settings; `agrees` is whether the inputs give the line's counts, clock and horizon, null when it was read in part
                  items: {type: object}
                findings: {type: array, items: {type: string}, description: "Who differs from whom, or what is missing; begins with document, log, audit or inputs"}
                compared: {type: array, items: {type: string, enum: [document, history, memory, log]}, description: "What was there to be compared, in the place of a document that is missing its history, or what this process remembers of the log; what is not named here says nothing of any field"}
                differences:
                  type: array
                  description: Fields that are not the same, and what each of the three says; `document` is what the history or the memory says where that was compared
                  items:
                    type: object
                    required: [field]
                    properties: {field: {type: string}, document: {}, log: {}, recomputed: {}}
                omitted: {type: object, description: "What the window is with the records that the result omits"}
                expired: {type: object, description: "topic, partition, firstNeeded and firstThere"}
                unaudited: {type: object, description: "topic, partition, first and last of offsets that no audit line covers"}
                log: {type: object, description: "Where the log has the record that the document was made of"}
                recomputed: {type: object, description: "The fields of the result that follow from the inputs, and the id that follows from job, spec, key and window"}
                unchecked: {type: array, items: {type: string}, description: "With recomputed: the fields of the result that nothing was held against"}
                seconds: {type: number}
                position: {type: string, description: "Up to where the answer holds"}
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
                    `verdict`: `equal`; `different` (`findings` say who differs from whom, `differences` the fields); `retracted` (the window is no
                    more); `expired` (inputs are no longer in the log; `expired` names the first offset needed and the first there);
                    `unaudited` (no audit line covers some offsets, yet or any more; `unaudited` names them). `settling` is true while records can
                    still come to the window. `status`, `rev` and `generation` are held against the revisions that the log has before, `cause`
                    against the status, the watermark against the window's end alone; `unchecked` lists the fields that nothing was held
                    against, or that the log can no longer tell. A window whose document is gone,
                    though the log has it, is `different`.
                    """, content = @Content(schema = @Schema(ref = "Explanation")))
    @APIResponse(responseCode = "404", ref = "Problem404")
    @APIResponse(
            responseCode = "422",
            description = "Not recomputable here, or too much: `command` is what does it instead",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(ref = "Problem")))
    public Uni<RestResponse<String>> explain(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), ONE);
        ReadConsistency.Requirement wanted = consistency.of(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        return consistency.reached(wanted, access).chain(() -> explain(id, wanted, access));
    }

    private Uni<RestResponse<String>> explain(String id, ReadConsistency.Requirement wanted, Access access) {
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

    private static RestResponse<String> answer(ObjectNode answer, ReadConsistency.Coverage shown) {
        String position = shown.position().toString();
        return RestResponse.ResponseBuilder.ok(answer.put("position", position).toString())
                .header("Streampane-Position", position)
                .header("Cache-Control", "no-store")
                .build();
    }
}
