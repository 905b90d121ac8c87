// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Arrays;
import java.util.stream.Collectors;

/** {@code GET /problems/<code>}: the meaning of a problem and what to do about it; {@code /problems} lists all. */
@ApplicationScoped
public class ProblemPages {

    private static final String PATH = "/problems";

    void add(@Observes Router router) {
        ProblemRoutes.add(router, PATH, context -> answer(context, list()));
        ProblemRoutes.add(router, PATH + "/:code", context -> answer(context, page(context.pathParam("code"))));
    }

    private static void answer(RoutingContext context, String page) {
        if (!ProblemRoutes.answersOptions(context, ProblemRoutes.READING)) {
            context.response()
                    .putHeader("Content-Type", "text/html; charset=utf-8")
                    .putHeader(
                            "Content-Security-Policy",
                            "default-src 'none'; style-src 'self'; base-uri 'none';"
                                    + " form-action 'none'; frame-ancestors 'none'")
                    .end(page);
        }
    }

    private static String page(String code) {
        ProblemType type = ProblemType.of(code).orElseThrow(() -> new ProblemException(Problem.ofStatus(404)));
        return html(
                type.title(),
                "<p><code>%s</code>, status %d</p>\n<p>%s</p>\n<p><strong>What to do:</strong> %s</p>\n<p><a href=\"/problems\">All problems</a></p>"
                        .formatted(type.code(), type.status(), escaped(type.meaning()), escaped(type.remedy())));
    }

    private static String list() {
        return html(
                "Problems",
                Arrays.stream(ProblemType.values())
                        .map(ProblemType::code)
                        .map("<li><a href=\"/problems/%1$s\">%1$s</a></li>"::formatted)
                        .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>")));
    }

    private static String html(String title, String body) {
        return """
               <!DOCTYPE html>
               <html lang="en">
               <head>
               <meta charset="utf-8">
               <meta name="viewport" content="width=device-width">
               <title>%1$s</title>
               <link rel="stylesheet" href="/page/page.css">
               </head>
               <body class="text">
               <h1>%1$s</h1>
               %2$s
               </body>
               </html>
               """.formatted(title, body);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
