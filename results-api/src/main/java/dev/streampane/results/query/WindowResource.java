// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.Parameters;
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

    private final WindowPages pages;
    private final MergedWindows windows;
    private final AtLeast atLeast;
    private final PastWindows past;
    private final Running running;
    private final String topic;

    WindowResource(
            WindowPages pages,
            MergedWindows windows,
            AtLeast atLeast,
            PastWindows past,
            Running running,
            ResultsConfig config) {
        this.pages = pages;
        this.windows = windows;
        this.atLeast = atLeast;
        this.past = past;
        this.running = running;
        this.topic = config.topic();
    }

    /** One job's windows, newest first; {@code from} inclusive, {@code to} exclusive on the window's start. Parameters: {@link WindowQuery}. */
    @GET
    public Uni<RestResponse<String>> find(@Context RoutingContext context) {
        Access access = Access.of(context);
        WindowQuery query = WindowQuery.page(
                context.request().query(), access, atLeast::of, parameters -> AsOf.of(parameters, topic));
        return query.asOf()
                .map(then -> past(query, then, access))
                .orElseGet(() -> now(query, access))
                .map(page -> page.answer(context));
    }

    private Uni<ResultPage> now(WindowQuery query, Access access) {
        return pages.ready(query, access)
                .chain(() -> running.pages().run(access, () -> pages.first(query, query.limit())))
                .map(page -> page.shown(query));
    }

    /** Among the running ones from when the log is asked for an instant. */
    private Uni<ResultPage> past(WindowQuery query, AsOf then, Access access) {
        return pages.ready(query, access).chain(() -> running.pages()
                .run(access, () -> past.reached(then, access).chain(() -> known(query, then))));
    }

    private Uni<ResultPage> known(WindowQuery query, AsOf then) {
        return pages.first(query.ofAnyRevision(), PastWindows.MAX_WINDOWS).chain(page -> past.page(query, then, page));
    }

    /** The newest revision of one window; with {@code asOf} the newest one that was known then. */
    @GET
    @Path("/{id}")
    public Uni<RestResponse<String>> get(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), AsOf.PARAMETER, AtLeast.PARAMETER);
        Optional<AsOf> asOf = AsOf.of(parameters, topic);
        AtLeast.Wanted wanted = atLeast.of(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        pages.checkLoaded();
        return atLeast.reached(wanted, access)
                .chain(() -> asOf.map(then -> running.pages().run(access, () -> past.answer(id, then, access)))
                        .orElseGet(() -> newest(id, wanted, access, context)));
    }

    private Uni<RestResponse<String>> newest(String id, AtLeast.Wanted wanted, Access access, RoutingContext context) {
        return windows.one(id, wanted).map(one -> one.newest()
                .filter(window -> mayRead(access, window.result()))
                .map(window -> SingleWindow.answer(context, window, one.shown()))
                .orElseThrow(() -> atLeast.missing("window", id, one.shown())));
    }

    /** Windows that the caller may not read answer like windows that are not there. */
    static boolean mayRead(Access access, JsonNode window) {
        return access.mayRead(window.path("job").asText(), window.path("key").asText());
    }
}
