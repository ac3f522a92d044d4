// Who is calling: verifies tokens, recognises agents and people.
export { authenticateAgent, authenticateHuman } from './authenticate.ts';
export {
  type ProvenAgent,
  type ProvenHuman,
  TOKEN_PROBLEMS,
  TokenRefused,
} from './model.ts';
export { verifyToken } from './verify-token.ts';
