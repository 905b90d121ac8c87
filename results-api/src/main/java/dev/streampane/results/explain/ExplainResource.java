// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.query.AtLeast;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/windows/{id}/explain}: whether a result follows from the inputs. */
@Path("/api/v1/windows")
@Produces(MediaType.APPLICATION_JSON)
public class ExplainResource {

    private final Explainer explainer;
    private final TailFeeds tail;
    private final AtLeast atLeast;

    ExplainResource(Explainer explainer, TailFeeds tail, AtLeast atLeast) {
        this.explainer = explainer;
        this.tail = tail;
        this.atLeast = atLeast;
    }

    /** Recomputes the newest revision of one window by the audit lines that cover its inputs, and compares. */
    @GET
    @Path("/{id}/explain")
    public Uni<RestResponse<String>> explain(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), AtLeast.PARAMETER);
        AtLeast.Wanted wanted = atLeast.of(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        return atLeast.reached(wanted, access).chain(() -> explain(id, wanted, access));
    }

    private Uni<RestResponse<String>> explain(String id, AtLeast.Wanted wanted, Access access) {
        Position.Topic read = own(tail.tail().position());
        Optional<TailEntry> kept = tail.tail().index().newest(id);
        Position.Topic floors = tail.tail().floors().topic(read.name()).orElse(read);
        return atLeast.shown(wanted, read, floors).chain(shown -> explainer
                .find(id, kept, shown.complete())
                .map(found -> found.filter(subject -> mayRead(access, subject, ExplainResource::key))
                        .orElseThrow(() -> atLeast.missing("window", id, shown)))
                .chain(subject -> explainer.explain(subject, access).map(answer -> ofOwnKeys(answer, access, subject)))
                .map(answer -> answer(answer, shown)));
    }

    /** What is said of the records of all keys is for those who may read every key. */
    private static ObjectNode ofOwnKeys(ObjectNode answer, Access access, Subject subject) {
        if (!mayRead(access, subject, words -> "")) {
            answer.remove(List.of("lineCount", "lines"));
            if (answer.get("read") instanceof ObjectNode read) {
                read.retain("corrected", "inWindow", "otherWindows");
            }
        }
        return answer;
    }

    private static RestResponse<String> answer(ObjectNode answer, AtLeast.Shown shown) {
        String position = shown.position().toString();
        return RestResponse.ResponseBuilder.ok(answer.put("position", position).toString())
                .header("Streampane-Position", position)
                .header("Cache-Control", "no-store")
                .build();
    }

    private Position.Topic own(Position position) {
        return position.topic(tail.resultsTopic()).orElseThrow(atLeast::loading);
    }

    /** Windows that the caller may not read answer like windows that are not there. */
    private static boolean mayRead(Access access, Subject subject, Function<JsonNode, String> key) {
        return subject.words()
                .allMatch(words -> access.mayRead(words.path("job").asText(), key.apply(words)));
    }

    private static String key(JsonNode words) {
        return words.path("key").asText();
    }
}
