import HTTPTypes
import Hummingbird
import Logging

/// Tells every failure in one form, also that of a path that there is not.
struct ErrorTelling: RouterMiddleware {
    typealias Context = AdminContext

    func handle(
        _ request: Request,
        context: AdminContext,
        next: @concurrent (Request, AdminContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as AdminError {
            return try error.response(from: request, context: context)
        } catch let error as HTTPError where error.status == .notFound {
            return try Self.unknown(request).response(from: request, context: context)
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return try AdminError(.tooLarge, "The body is too large.").response(from: request, context: context)
        } catch {
            context.logger.error("A request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return try AdminError(.failed, "Something failed; the log says what.", cause: error)
                .response(from: request, context: context)
        }
    }

    /// What is wrong with a request that no path and method answers.
    private static func unknown(_ request: Request) -> AdminError {
        let path = request.uri.path
        let methods = AdminRoute.all.filter { $0.matches(path) }.map(\.method)
        guard !methods.isEmpty else { return AdminError(.notFound, "There is no path \(path).") }
        return AdminError(.method, "\(path) takes \(methods.joined(separator: ", ")), not \(request.method.rawValue).")
    }
}
