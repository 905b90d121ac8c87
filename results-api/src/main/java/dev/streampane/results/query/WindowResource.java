// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/windows}: results by query and by id, as in schema window-result/v1 and with all their digits. */
@Path("/api/v1/windows")
@Produces(MediaType.APPLICATION_JSON)
public class WindowResource {

    private final WindowStore store;
    private final JobDirectory jobs;

    private final PastWindows past;
    private final String topic;

    WindowResource(WindowStore store, JobDirectory jobs, PastWindows past, ResultsConfig config) {
        this.store = store;
        this.jobs = jobs;
        this.past = past;
        this.topic = config.topic();
    }

    /** One job's windows, newest first; {@code from} inclusive, {@code to} exclusive on the window's start. Parameters: {@link WindowQuery}. */
    @GET
    public Uni<String> find(@Context RoutingContext context) {
        WindowQuery query = WindowQuery.of(context.request().query(), Access.of(context));
        return store.find(query)
                .chain(
                        page ->
                                page.items().isEmpty()
                                        ? jobs.unknown(query.job())
                                                .map(unknown -> known(unknown, query.job(), page))
                                        : Uni.createFrom().item(page))
                .map(Page::json);
    }

    /** The newest revision of one window; with {@code asOf} the newest one that was known then. */
    @GET
    @Path("/{id}")
    public Uni<RestResponse<String>> get(
            @PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), "asOf");
        Optional<AsOf> asOf = AsOf.of(parameters, topic);
        parameters.check();
        Access access = access(context, id);
        return asOf.map(then -> past.answer(id, then, access))
                .orElseGet(
                        () ->
                                store.findById(id)
                                        .map(
                                                found ->
                                                        found.filter(
                                                                        window ->
                                                                                mayRead(
                                                                                        access,
                                                                                        window))
                                                                .map(JsonNode::toString)
                                                                .map(RestResponse::ok)
                                                                .orElseThrow(() -> unknownId(id))));
    }

    /** Who asks for a window or an alert; its id begins with its job. */
    static Access access(RoutingContext context, String id) {
        Access access = Access.of(context);
        if (id.indexOf('~') > 0) {
            access.checkJob(id.substring(0, id.indexOf('~')));
        }
        return access;
    }

    /** Windows that the caller may not read answer like windows that are not there. */
    static boolean mayRead(Access access, JsonNode window) {
        return access.mayRead(window.path("job").asText(), window.path("key").asText());
    }

    private static Page known(boolean unknown, String job, Page page) {
        if (unknown) {
            throw new ProblemException(
                    Problem.unknown(
                            ProblemType.UNKNOWN_JOB,
                            "job",
                            "there is no job '"
                                    + Parameters.shown(job)
                                    + "'; /api/v1/jobs lists them"));
        }
        return page;
    }

    static ProblemException unknownId(String id) {
        return new ProblemException(
                Problem.unknown(
                        ProblemType.UNKNOWN_ID,
                        "id",
                        "there is no window '" + Parameters.shown(id) + "'"));
    }
}
